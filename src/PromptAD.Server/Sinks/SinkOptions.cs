using System.Text.Json.Serialization;
using PromptAD.Client;
using PromptAD.Server.Inspections;

namespace PromptAD.Server.Sinks;

/// <summary>What every sink has.</summary>
internal abstract class SinkOptions
{
    private const double MostHours = 87_600; // ten years

    /// <summary>Its name; by it the service knows what still waits for it.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it is, such as "webhook".</summary>
    public abstract string Kind { get; }

    /// <summary>Whether results are sent; where not, they wait.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The product whose results it gets; null for all.</summary>
    public string? Product { get; set; }

    /// <summary>The station whose results it gets; null for all.</summary>
    public string? Station { get; set; }

    /// <summary>The verdicts that it gets; none for all results, also those without a verdict.</summary>
    public List<InspectionVerdict> Verdicts { get; set; } = [];

    /// <summary>Seconds that it may take for one result.</summary>
    public double TimeoutSeconds { get; set; } = 10;

    /// <summary>Hours of trying without a break after which a result is set aside; 0 for never.</summary>
    public double GiveUpAfterHours { get; set; }

    /// <summary>Whether it gets a result.</summary>
    public bool Takes(InspectionRow row) =>
        (Product is null || row.ProductId == Product) && (Station is null || row.Station == Station)
        && (Verdicts.Count == 0 || (row.Verdict is { } verdict && Verdicts.Contains(verdict)));

    /// <summary>Whether it can be as it is set up.</summary>
    /// <exception cref="PromptADException">It cannot.</exception>
    public virtual void Check()
    {
        if (Name.Length is 0 or > OutboxRow.LongestSink || !Name.All(sign => char.IsAsciiLetterOrDigit(sign) || "-_.".Contains(sign)))
        {
            throw Wrong(
                $"The name of a sink is '{Name}'; it needs one of letters, digits and -_., at most {OutboxRow.LongestSink} characters.");
        }
        if (TimeoutSeconds is not (>= 0.1 and <= 600))
            throw new PromptADException(Problem.OutOfRange, $"TimeoutSeconds of sink '{Name}' must be from 0.1 to 600.");
        if (GiveUpAfterHours is not (>= 0 and <= MostHours))
        {
            throw new PromptADException(
                Problem.OutOfRange, $"GiveUpAfterHours of sink '{Name}' must be from 0, for never, to {MostHours}.");
        }
    }

    /// <summary>An error of what was given.</summary>
    protected static PromptADException Wrong(string message) => new(Problem.InvalidArgument, message);
}

/// <summary>An address that results are posted to, in section <c>Service:Webhooks</c>.</summary>
internal sealed class WebhookOptions : SinkOptions
{
    public const string KindName = "webhook";
    public const double UsualGiveUp = 72; // a weekend passes

    public WebhookOptions() => GiveUpAfterHours = UsualGiveUp;

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>Where to.</summary>
    public string Url { get; set; } = "";

    /// <summary>The secret that signs what is sent; null for no signature.</summary>
    [JsonIgnore]
    public string? Secret { get; set; }

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (!Uri.TryCreate(Url, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
            throw Wrong($"The Url of webhook '{Name}' is '{Url}'; it must begin with http:// or https://.");
        if (url.UserInfo.Length > 0)
            throw Wrong($"The Url of webhook '{Name}' has a user in it, which would be shown; set a secret instead.");
    }
}

/// <summary>An MQTT broker, in section <c>Service:Mqtt</c>.</summary>
internal sealed class MqttOptions : SinkOptions
{
    public const string KindName = "mqtt";
    public const int UsualPort = 1883;
    public const string UsualTopic = "promptad";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>The broker's name or address.</summary>
    public string Server { get; set; } = "localhost";

    public int Port { get; set; } = UsualPort;

    /// <summary>Whether the connection is encrypted; the broker's certificate must be one that this machine trusts.</summary>
    public bool Tls { get; set; }

    public string? User { get; set; }

    [JsonIgnore]
    public string? Password { get; set; }

    /// <summary>What all topics begin with.</summary>
    public string Topic { get; set; } = UsualTopic;

    /// <summary>How the broker knows this service; null for "promptad-" and the name. No two services may have the same.</summary>
    public string? ClientId { get; set; }

    /// <summary>Whether pictures, recipes and acknowledgements are taken from the broker. Who may publish there, the broker says.</summary>
    public bool Triggers { get; set; }

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Topic.Length == 0 || Topic.AsSpan().ContainsAny('#', '+', '\0') || Topic.EndsWith('/'))
            throw Wrong($"The Topic of MQTT sink '{Name}' is '{Topic}'; it has no #, + or final /.");
        if (string.IsNullOrWhiteSpace(Server)) throw Wrong($"MQTT sink '{Name}' has no Server; give the broker's name or address.");
        if (Port is < 1 or > 65_535) throw Wrong($"The Port of MQTT sink '{Name}' is {Port}; it must be from 1 to 65535.");
    }
}
