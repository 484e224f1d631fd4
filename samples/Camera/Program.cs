using Camera;
using PromptAD.Client;

const string Usage = "usage: PROMPTAD_KEY=<key> Camera <address> <station> [<product>]";
if (args.Length is < 2 or > 3 || !Uri.TryCreate(args[0], UriKind.Absolute, out Uri? address)
    || Environment.GetEnvironmentVariable("PROMPTAD_KEY") is not { Length: > 0 } key)
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}
using var end = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    end.Cancel();
};
using var service = new InspectionClient(address, key);
var sender = new PictureSender(service, args.ElementAtOrDefault(2), args[1]);
try
{
    await sender.SendAllAsync(
        new DrawnCamera(frames: 20, pause: TimeSpan.FromSeconds(0.5)),
        result => Console.WriteLine($"{result.Part}  {result.Verdict?.ToString() ?? "undecided"}  {result.Score:F3}"),
        Console.Error.WriteLine,
        end.Token);
    return 0;
}
catch (OperationCanceledException)
{
    return 0;
}
