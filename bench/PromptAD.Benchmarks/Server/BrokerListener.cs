using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace PromptAD.Benchmarks.Server;

/// <summary>Another program at the broker, which takes the results of all stations; the broker keeps them for it while it is away.</summary>
internal sealed class BrokerListener : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly ConcurrentDictionary<long, bool> heard = new();
    private readonly MqttClientOptions options;

    private BrokerListener(int port)
    {
        options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId("listener").WithCleanStart(false).WithSessionExpiryInterval(uint.MaxValue).Build();
        client.ApplicationMessageReceivedAsync += message =>
        {
            using var result = JsonDocument.Parse(message.ApplicationMessage.Payload.ToArray());
            heard[result.RootElement.GetProperty("id").GetInt64()] = true;
            return Task.CompletedTask;
        };
    }

    public static async Task<BrokerListener> ConnectAsync(int port)
    {
        var listener = new BrokerListener(port);
        await listener.ConnectAgainAsync();
        return listener;
    }

    /// <summary>Whether the result of an inspection has come.</summary>
    public bool Has(long id) => heard.ContainsKey(id);

    /// <summary>Connects, after the broker was away with the session that it had.</summary>
    public async Task ConnectAgainAsync()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await client.ConnectAsync(options);
                await client.SubscribeAsync("promptad/stations/+/result", MqttQualityOfServiceLevel.AtLeastOnce);
                return;
            }
            catch (MqttCommunicationException) when (waited.Elapsed < Patience)
            {
                await Task.Delay(50);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
