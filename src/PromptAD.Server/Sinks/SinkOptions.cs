using PromptAD.Client;
using PromptAD.Server.Inspections;

namespace PromptAD.Server.Sinks;

/// <summary>What every sink has in the settings.</summary>
internal abstract class SinkOptions
{
    /// <summary>Its name; by it the service knows what still waits for it.</summary>
    public string Name { get; set; } = "";

    /// <summary>The product whose results it gets; null for all.</summary>
    public string? Product { get; set; }

    /// <summary>The station whose results it gets; null for all.</summary>
    public string? Station { get; set; }

    /// <summary>The verdicts that it gets; none for all results, also those without a verdict.</summary>
    public List<InspectionVerdict> Verdicts { get; } = [];

    /// <summary>Seconds that it may take for one result.</summary>
    public double TimeoutSeconds { get; set; } = 10;

    /// <summary>Whether it gets a result.</summary>
    public bool Takes(InspectionRow row) =>
        (Product is null || row.ProductId == Product) && (Station is null || row.Station == Station)
        && (Verdicts.Count == 0 || (row.Verdict is { } verdict && Verdicts.Contains(verdict)));
}

/// <summary>An address that results are posted to, in section <c>Service:Webhooks</c>.</summary>
internal sealed class WebhookOptions : SinkOptions
{
    /// <summary>Where to.</summary>
    public string Url { get; set; } = "";

    /// <summary>The secret that signs what is sent; null for no signature.</summary>
    public string? Secret { get; set; }
}

/// <summary>An MQTT broker, in section <c>Service:Mqtt</c>.</summary>
internal sealed class MqttOptions : SinkOptions
{
    /// <summary>The broker's name or address.</summary>
    public string Server { get; set; } = "localhost";

    public int Port { get; set; } = 1883;

    /// <summary>Whether the connection is encrypted; the broker's certificate must be one that this machine trusts.</summary>
    public bool Tls { get; set; }

    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>What all topics begin with.</summary>
    public string Topic { get; set; } = "promptad";

    /// <summary>How the broker knows this service; null for "promptad-" and the name. No two services may have the same.</summary>
    public string? ClientId { get; set; }

    /// <summary>Whether pictures, recipes and acknowledgements are taken from the broker. Who may publish there, the broker says.</summary>
    public bool Triggers { get; set; }
}
