using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>Where results go by themselves, such as a webhook; counts are since the service started.</summary>
public sealed record SinkInfo
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is: webhook or mqtt; none where it is not set up any more.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Where it is set up: settings, interface, or none where it is not any more.</summary>
    public string From { get; init; } = "";

    /// <summary>Whether results are sent; where not, they wait.</summary>
    public bool Enabled { get; init; }

    /// <summary>How many results wait for it.</summary>
    public long Waiting { get; init; }

    /// <summary>How many results it did not take and were set aside.</summary>
    public long SetAside { get; init; }

    /// <summary>How many results it has taken.</summary>
    public long Sent { get; init; }

    /// <summary>How often something went wrong; what it did not take is sent again, or set aside.</summary>
    public long Errors { get; init; }

    /// <summary>What went wrong last, one line; null for nothing.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was, UTC; null for never.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>How it is set up; null where the settings have it, and for all but administrators.</summary>
    public SinkSettings? Settings { get; init; }
}

/// <summary>How a webhook or an MQTT broker is set up through the interface.</summary>
public sealed record SinkSettings
{
    /// <summary>Its name: letters, digits and <c>-_.</c>, at most 64. It never changes.</summary>
    public string? Name { get; init; }

    /// <summary>What it is: webhook or mqtt.</summary>
    public string Kind { get; init; } = "webhook";

    /// <summary>Whether results are sent; where not, they wait.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The product whose results it gets; null for all.</summary>
    public string? Product { get; init; }

    /// <summary>The station whose results it gets; null for all.</summary>
    public string? Station { get; init; }

    /// <summary>The verdicts that it gets; none for all results, also those without a verdict.</summary>
    public IReadOnlyList<InspectionVerdict> Verdicts { get; init; } = [];

    /// <summary>Seconds that it may take for one result, 0.1 to 600.</summary>
    public double TimeoutSeconds { get; init; } = 10;

    /// <summary>
    /// Hours of trying without a break after which a result is set aside, 0 for never; null for what is usual: 72 for a webhook, never
    /// for a broker.
    /// </summary>
    public double? GiveUpAfterHours { get; init; }

    /// <summary>Where a webhook posts to: an address with http or https.</summary>
    public string? Url { get; init; }

    /// <summary>A broker's name or address.</summary>
    public string? Server { get; init; }

    /// <summary>A broker's port; null for 1883.</summary>
    public int? Port { get; init; }

    /// <summary>Whether the connection with a broker is encrypted.</summary>
    public bool Tls { get; init; }

    /// <summary>The user at a broker; null for none.</summary>
    public string? User { get; init; }

    /// <summary>What a broker's topics begin with; null for promptad.</summary>
    public string? Topic { get; init; }

    /// <summary>How a broker knows the service; null for "promptad-" and the name.</summary>
    public string? ClientId { get; init; }

    /// <summary>Whether pictures and commands are taken from a broker.</summary>
    public bool Triggers { get; init; }

    /// <summary>
    /// What signs a webhook's requests, or the password at a broker. It is only ever sent: null leaves it as it is, empty removes it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary>Whether it has a secret. Told, not sent.</summary>
    public bool HasSecret { get; init; }

    /// <summary>Counts changes; its ETag. Told, not sent.</summary>
    public int Revision { get; init; }
}

/// <summary>Switches something on or off.</summary>
/// <param name="Enabled">Whether it is on.</param>
public sealed record Switch([property: JsonRequired] bool Enabled);

/// <summary>A result that a sink did not take.</summary>
public sealed record SetAsideResult
{
    /// <summary>The inspection.</summary>
    public long Inspection { get; init; }

    /// <summary>Since when it waited, UTC; null where that is not known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When it was set aside, UTC.</summary>
    public DateTimeOffset SetAside { get; init; }

    /// <summary>Why, one line.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>How many results that were set aside are sent again, or were thrown away.</summary>
/// <param name="Results">How many.</param>
public sealed record SetAsideCount(int Results);
