using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Quality;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Operations;

/// <summary>A clock that jumps ahead or back, as with an empty battery or a wrong time server.</summary>
public sealed class ClockTests(TinyBackbone backbone) : TemporaryFolder
{
    private static readonly TimeSpan Years = TimeSpan.FromDays(3650);
    private readonly SetClock clock = new();

    [Fact]
    public async Task A_clock_that_jumps_ahead_costs_no_picture_until_it_has_stayed_so_for_a_day()
    {
        await using ServiceUnderTest service = await StartAsync("--Service:KeepOkDays=7", "--Service:KeepOtherDays=30");
        await KeepAsync(service, 1, InspectionVerdict.OK);
        await KeepAsync(service, 2, InspectionVerdict.NG);
        var retention = service.Services.GetRequiredService<Retention>();
        await retention.RunAsync(CancellationToken.None);

        clock.Move(Years);
        Assert.Equal(0, await retention.RunAsync(CancellationToken.None));
        clock.Pass(TimeSpan.FromHours(23));
        Assert.Equal(0, await retention.RunAsync(CancellationToken.None));
        clock.Move(-Years); // somebody has noticed
        Assert.Equal(0, await retention.RunAsync(CancellationToken.None));
        clock.Pass(TimeSpan.FromDays(8));
        Assert.Equal(1, await retention.RunAsync(CancellationToken.None));
        clock.Move(Years); // and now it is so
        Assert.Equal(0, await retention.RunAsync(CancellationToken.None));
        clock.Pass(TimeSpan.FromHours(25));
        Assert.Equal(1, await retention.RunAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_clock_that_is_put_back_does_not_keep_room_from_being_made()
    {
        await using ServiceUnderTest service = await StartAsync("--Service:KeepOkDays=7", "--Service:MostGigabytes=0.000000001");
        clock.Move(-Years);
        await KeepAsync(service, 1, InspectionVerdict.OK, DateTime.UtcNow);

        Assert.Equal(1, await service.Services.GetRequiredService<Retention>().RunAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(-3650)]
    [InlineData(-0.5)]
    public async Task A_lock_ends_after_its_quarter_of_an_hour_also_when_the_clock_is_put_back(double days)
    {
        await using ServiceUnderTest service = await StartAsync();
        for (int i = 0; i < 5; i++) await Refused(HttpStatusCode.Unauthorized, SignInAsync("wrong password"));

        clock.Move(TimeSpan.FromDays(days));
        await Refused(HttpStatusCode.Unauthorized, SignInAsync(Password));
        clock.Pass(TimeSpan.FromMinutes(14));
        await Refused(HttpStatusCode.Unauthorized, SignInAsync(Password));
        clock.Pass(TimeSpan.FromMinutes(2));
        await Ok(SignInAsync(Password));

        Task<HttpResponseMessage> SignInAsync(string password) =>
            service.Anonymous.PostAsJsonAsync("/api/sign-in", new SignIn(Name, password), ServiceJson.Options);
    }

    [Fact]
    public async Task A_revoked_key_stays_revoked_and_an_expired_one_is_refused_whichever_way_the_clock_jumps()
    {
        await using ServiceUnderTest service = await StartAsync();
        CreatedKey lasting = await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("line-1", Days: 7));
        CreatedKey revoked = await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("line-2", Days: 7));
        await Ok(service.Administrator.DeleteAsync($"/api/keys/{revoked.Info.Id}"));

        clock.Move(-Years); // before either was made
        await Ok(With(lasting.Key));
        Assert.Contains("revoked", await Refused(HttpStatusCode.Unauthorized, With(revoked.Key)));
        clock.Move(Years + Years);
        Assert.Contains("expired", await Refused(HttpStatusCode.Unauthorized, With(lasting.Key)));
        Assert.Contains("revoked", await Refused(HttpStatusCode.Unauthorized, With(revoked.Key)));

        Task<HttpResponseMessage> With(string key)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/api/inspections");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            return service.Anonymous.SendAsync(request);
        }
    }

    [Fact]
    public async Task The_chain_of_changes_and_the_watch_for_drift_go_on_whichever_way_the_clock_jumps()
    {
        await using ServiceUnderTest service = await StartAsync();
        foreach (TimeSpan jump in (TimeSpan[])[Years, -Years - Years, Years])
        {
            clock.Move(jump);
            await service.Services.GetRequiredService<Changes>().MakeAsync("test", (_, notes) =>
            {
                notes.Add("clock.jumped", $"{jump}", null, null);
                return Task.CompletedTask;
            });
            await KeepAsync(service, 1, InspectionVerdict.OK);
            await service.Services.GetRequiredService<DriftWatch>().LookAsync(CancellationToken.None);
        }

        await using ServiceContext db = await service.Services
            .GetRequiredService<IDbContextFactory<ServiceContext>>().CreateDbContextAsync();
        (long count, string? trouble) = await AuditChain.VerifyAsync(db, CancellationToken.None);
        Assert.Null(trouble);
        Assert.True(count >= 4);
    }

    private async Task<ServiceUnderTest> StartAsync(params string[] settings)
    {
        ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            Folder, backbone, settings: settings, configure: services => services.AddSingleton<TimeProvider>(clock));
        await service.ImportAsync("plate", backbone);
        return service;
    }

    private async Task KeepAsync(ServiceUnderTest service, int seed, InspectionVerdict verdict, DateTime? received = null)
    {
        var files = (FolderStore)service.Services.GetRequiredService<FileStore>();
        await service.Services.GetRequiredService<InspectionWriter>().AddAsync(new InspectionRow
        {
            ProductId = "plate",
            Version = 1,
            Station = "line-1",
            Received = received ?? clock.Now(),
            PictureHash = files.Keep(TestPictures.Good(seed)),
            MediaType = "image/bmp",
            State = InspectionState.Done,
            Verdict = verdict,
        });
        File.SetLastWriteTimeUtc(files.PathOf(FileStore.HashOf(TestPictures.Good(seed))), DateTime.UtcNow.AddHours(-2));
    }
}
