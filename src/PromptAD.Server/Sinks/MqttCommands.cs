using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using MQTTnet;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Stations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sinks;

/// <summary>
/// What a line sends by a broker: the bytes of a picture to <c>trigger</c>, a product's id to <c>recipe/set</c>, a result's number to
/// <c>acknowledged/set</c>, anything to <c>reset/set</c>. A message is acknowledged once it is done, a picture once it is kept; until then
/// the broker has it, and sends it again after a break.
/// </summary>
internal sealed class MqttCommands(
    PictureIntake intake, IStationBoard board, ServiceOptions options, TimeProvider clock, ILogger<ErrorAnswers> log)
{
    private const int LongestText = 200;
    private static readonly TimeSpan BeforeAnotherTry = TimeSpan.FromSeconds(1);

    /// <summary>The topics below a station.</summary>
    public static IReadOnlyList<string> Topics { get; } = ["trigger", "recipe/set", "acknowledged/set", "reset/set"];

    /// <summary>Does what a message asks for.</summary>
    /// <param name="received">The message.</param>
    /// <param name="prefix">What the topics of commands begin with; null where none are taken.</param>
    /// <param name="tellTrouble">Told of what goes wrong, one line.</param>
    /// <param name="cancellation">Ends it; the broker keeps the message.</param>
    [SuppressMessage("Reliability", "CA1031", Justification = "A message that is wrong must not end the connection.")]
    public async Task DoAsync(
        MqttApplicationMessageReceivedEventArgs received, string? prefix, Action<string> tellTrouble, CancellationToken cancellation)
    {
        received.AutoAcknowledge = false;
        MqttApplicationMessage message = received.ApplicationMessage;
        (string Station, string Command)? asked = Read(message.Topic, prefix);
        if (asked is null) tellTrouble($"{message.Topic}: This sink takes no such commands; the message is passed over.");
        while (asked is { } command && !message.Retain)
        {
            try
            {
                await DoAsync(message, command.Station, command.Command, cancellation);
                break;
            }
            catch (Exception e)
            {
                if (cancellation.IsCancellationRequested) return; // the broker keeps it
                tellTrouble($"{message.Topic}: {ErrorAnswers.Read(e, log, message.Topic).Detail}");
                if (!WillPass(e)) break;
            }
            await Task.Delay(BeforeAnotherTry, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await received.AcknowledgeAsync(cancellation);
    }

    private static bool WillPass(Exception error) => Passing.Is(error) || DiskSpace.IsFull(error);

    /// <summary>The station and the command of a topic; null where it is none. The broker may know topics of an earlier set-up.</summary>
    private static (string Station, string Command)? Read(string topic, string? prefix)
    {
        string before = $"{prefix}/stations/";
        if (prefix is null || !topic.StartsWith(before, StringComparison.Ordinal)) return null;
        return topic[before.Length..].Split('/', 2) is [var station, var command] && Topics.Contains(command) ? (station, command) : null;
    }

    private async Task DoAsync(MqttApplicationMessage message, string name, string command, CancellationToken cancellation)
    {
        StationEndpoints.CheckName(name);
        switch (command)
        {
            case "trigger":
                await ShowingAsync(name, () => InspectAsync(message, name, cancellation));
                break;
            case "recipe/set":
                string? product = Text(message) is { Length: > 0 } id ? id : null;
                await board.PrepareAsync("mqtt", name, product, cancellation);
                break;
            case "acknowledged/set":
                await ShowingAsync(name, () => AcknowledgeAsync(message, name, cancellation));
                break;
            default:
                await board.ResetAsync(name, cancellation);
                break;
        }
    }

    /// <summary>Who sends to a broker gets no answer: what cannot be done is shown by the station.</summary>
    private async Task ShowingAsync(string station, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (ServiceException e) when (!WillPass(e))
        {
            board.Note(station, StationNews.Failed(e.Message));
            throw;
        }
    }

    private Task<StationInfo> AcknowledgeAsync(MqttApplicationMessage message, string station, CancellationToken cancellation)
    {
        if (!long.TryParse(Text(message), NumberStyles.None, CultureInfo.InvariantCulture, out long result))
            throw ServiceException.Invalid($"'{Text(message)}' is no number of a result.");
        return board.AcknowledgeAsync(station, result, cancellation);
    }

    private async Task InspectAsync(MqttApplicationMessage message, string station, CancellationToken cancellation)
    {
        if (message.Payload.Length == 0) throw ServiceException.Invalid("The trigger has no bytes; send those of a picture.");
        if (message.Payload.Length > options.MaxPictureMegabytes * 1_000_000L)
            throw ServiceException.Invalid($"The picture is larger than the {options.MaxPictureMegabytes} MB that are taken.");
        string product = StationEndpoints.RecipeOf(await board.OfAsync(station, cancellation));
        string? part = message.UserProperties?.FirstOrDefault(one => one.Name == "part") is { } named
            ? Encoding.UTF8.GetString(named.ValueBuffer.Span)
            : null;
        string? key = message.CorrelationData is { Length: > 0 and <= 64 } data ? $"mqtt {Convert.ToHexStringLower(data)}" : null;
        var arrival = new PictureArrival(
            product, station, PictureMedia.Parse(message.ContentType), part, key, Wait: false, IsPatient: true);
        await intake.TakeAsync(arrival, _ => Task.FromResult(message.Payload.ToArray()), cancellation);
    }

    private static string Text(MqttApplicationMessage message) =>
        message.Payload.Length <= LongestText ? Encoding.UTF8.GetString(message.Payload).Trim() : "";
}
