using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PromptAD.Server;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using StandInNode;

// The first argument is the time of a picture in milliseconds; the others are the service's.
var standIn = new StandIn(TimeSpan.FromMilliseconds(double.Parse(args[0], CultureInfo.InvariantCulture)));
await using WebApplication app = ServerApplication.Build(args[1..], services => services.AddSingleton<Predicting>(standIn.Predict));
await Start.PrepareAsync(app.Services, CancellationToken.None);
await app.StartAsync();
await Start.TellAsync(app.Services, app.Urls, Console.Out);
await app.WaitForShutdownAsync();
