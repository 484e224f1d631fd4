using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Stations;

namespace PromptAD.Server.Sinks;

/// <summary>
/// A broker: results to <c>…/stations/S/result</c>, what stations show, retained, to <c>…/stations/S/state</c>, whether the service is
/// there, retained and as last will, to <c>…/status</c>; and commands from <see cref="MqttCommands"/>. Where it takes commands, the session
/// lives on while the service is away, so that the broker keeps them.
/// </summary>
internal sealed class MqttSink(
    MqttOptions options, LiveResults live, IStationBoard board, Outbox outbox, MqttCommands commands) : ISink, IDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.25), LongestPause = TimeSpan.FromSeconds(15);

    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly ConcurrentDictionary<string, StationInfo> changed = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim woken = new(0);

    private bool keepsSession = options.Triggers;

    private string StatusTopic => $"{options.Topic}/status";

    private TimeSpan Timeout => TimeSpan.FromSeconds(options.TimeoutSeconds);

    private string Name => options.Name;

    /// <inheritdoc/>
    public async Task SendAsync(InspectionResult result, CancellationToken cancellation)
    {
        if (!client.IsConnected) throw new InvalidOperationException($"There is no connection with {options.Server}:{options.Port}.");
        await PublishAsync($"{options.Topic}/stations/{result.Station}/result", Json(result), retain: false, cancellation);
    }

    /// <inheritdoc/>
    [SuppressMessage("Reliability", "CA1031", Justification = "A connection that fails is made again.")]
    public async Task RunAsync(Action<string> tellTrouble, CancellationToken cancellation)
    {
        client.ApplicationMessageReceivedAsync += DoAsync;
        client.DisconnectedAsync += WakeAsync;
        live.StationChanged += Remember;
        TimeSpan pause = ShortestPause;
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                try
                {
                    if (!client.IsConnected)
                    {
                        await ConnectAsync(cancellation);
                        pause = ShortestPause;
                        outbox.Wake(Name);
                    }
                    await PublishStatesAsync(cancellation);
                    await woken.WaitAsync(cancellation);
                }
                catch (Exception e)
                {
                    if (cancellation.IsCancellationRequested) break;
                    tellTrouble((e.InnerException ?? e).Message.ReplaceLineEndings(" "));
                    await Task.Delay(pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
                }
            }
        }
        finally
        {
            live.StationChanged -= Remember;
            await LeaveAsync();
            // It may be begun again.
            client.DisconnectedAsync -= WakeAsync;
            client.ApplicationMessageReceivedAsync -= DoAsync;
        }

        Task DoAsync(MqttApplicationMessageReceivedEventArgs message) =>
            commands.DoAsync(message, options.Triggers ? options.Topic : null, tellTrouble, cancellation);

        Task WakeAsync(MqttClientDisconnectedEventArgs gone)
        {
            Wake();
            return Task.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public void GoOnAs(SinkOptions? next) => keepsSession = options.Triggers && next is MqttOptions { Triggers: true } other
        && (other.Server, other.Port, other.ClientId, other.Topic) == (options.Server, options.Port, options.ClientId, options.Topic);

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        woken.Dispose();
    }

    private MqttClientOptions Describe(bool keepsSession)
    {
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithTcpServer(options.Server, options.Port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(options.ClientId ?? $"promptad-{Name}")
            .WithCleanStart(!keepsSession) // who takes no commands does not go on with the subscriptions of a session before
            .WithSessionExpiryInterval(keepsSession ? uint.MaxValue : 0)
            .WithReceiveMaximum(16) // pictures that the broker sends ahead
            .WithTimeout(Timeout)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(10))
            .WithWillTopic(StatusTopic)
            .WithWillPayload("offline")
            .WithWillRetain()
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        if (options.User is not null) builder = builder.WithCredentials(options.User, options.Password ?? "");
        if (options.Tls) builder = builder.WithTlsOptions(tls => tls.UseTls());
        return builder.Build();
    }

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        MqttClientConnectResult connected = await client.ConnectAsync(Describe(options.Triggers), cancellation);
        if (connected.ResultCode != MqttClientConnectResultCode.Success)
            throw new InvalidOperationException($"The broker refuses: {connected.ResultCode}.");
        if (options.Triggers)
        {
            var subscribe = new MqttClientSubscribeOptionsBuilder();
            foreach (string command in MqttCommands.Topics)
            {
                subscribe = subscribe.WithTopicFilter(
                    $"{options.Topic}/stations/+/{command}", MqttQualityOfServiceLevel.AtLeastOnce,
                    retainHandling: MqttRetainHandling.DoNotSendOnSubscribe);
            }
            await client.SubscribeAsync(subscribe.Build(), cancellation);
        }
        await PublishAsync(StatusTopic, "online"u8.ToArray(), retain: true, cancellation);
        foreach (StationInfo station in await board.AllAsync(cancellation)) changed.TryAdd(station.Name, station);
    }

    private async Task PublishStatesAsync(CancellationToken cancellation)
    {
        foreach (string name in changed.Keys)
        {
            if (!changed.TryRemove(name, out StationInfo? station)) continue;
            try
            {
                await PublishAsync($"{options.Topic}/stations/{name}/state", Json(station), retain: true, cancellation);
            }
            catch
            {
                changed.TryAdd(name, station); // unless there is a later one
                throw;
            }
        }
    }

    private async Task PublishAsync(string topic, byte[] payload, bool retain, CancellationToken cancellation)
    {
        MqttApplicationMessage message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithRetainFlag(retain)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        MqttClientPublishResult published = await client.PublishAsync(message, cancellation);
        if (!published.IsSuccess) throw new InvalidOperationException($"The broker refuses '{topic}': {published.ReasonCode}.");
    }

    /// <summary>Goes in order: the last will is for other ends.</summary>
    [SuppressMessage("Reliability", "CA1031", Justification = "At the end nobody is left who could do anything.")]
    private async Task LeaveAsync()
    {
        if (!client.IsConnected) return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await PublishStatesAsync(patience.Token);
            await PublishAsync(StatusTopic, "offline"u8.ToArray(), retain: true, patience.Token);
            await client.DisconnectAsync(new MqttClientDisconnectOptions(), patience.Token);
            if (keepsSession || !options.Triggers) return;
            // Disconnecting cannot end a session that was to last (the client writes no expiry of 0); connecting anew without one does.
            await client.ConnectAsync(Describe(keepsSession: false), patience.Token);
            await client.DisconnectAsync(new MqttClientDisconnectOptions(), patience.Token);
        }
        catch (Exception)
        {
            // The broker says it by the last will.
        }
    }

    private void Remember(StationInfo station)
    {
        changed[station.Name] = station;
        Wake();
    }

    private void Wake()
    {
        if (woken.CurrentCount == 0) woken.Release();
    }

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, ServiceJson.Options);
}
