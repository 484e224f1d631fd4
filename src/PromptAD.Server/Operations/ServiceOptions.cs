using PromptAD.Server.Cluster;
using PromptAD.Server.Sinks;
using PromptAD.Server.Sources;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Operations;

/// <summary>What can be configured, in section <c>Service</c>. Every value has a default.</summary>
internal sealed class ServiceOptions
{
    public const string Section = "Service";

    /// <summary>The folder of the database, the pictures and the detectors.</summary>
    public string DataFolder { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "promptad", "service");

    /// <summary>A connection string of PostgreSQL; null for SQLite in the data folder.</summary>
    public string? Database { get; set; }

    /// <summary>A bucket in place of the folder of pictures and detectors.</summary>
    public BucketOptions Bucket { get; } = new();

    /// <summary>The folder of the backbones; null for the usual one.</summary>
    public string? BackboneStore { get; set; }

    /// <summary>The backbone that is trained with; null for the store's default.</summary>
    public string? Backbone { get; set; }

    /// <summary>Disk space in MB that stays free; pictures are refused before it is used up.</summary>
    public int ReserveMegabytes { get; set; } = 256;

    /// <summary>The largest picture that is taken, in MB as it is sent.</summary>
    public int MaxPictureMegabytes { get; set; } = 64;

    /// <summary>The most pixels that a picture may have, in millions; a product's own limit may be lower.</summary>
    public int MaxPictureMegapixels { get; set; } = 100;

    /// <summary>The most pictures that one request may bring.</summary>
    public int MaxBatchPictures { get; set; } = 64;

    /// <summary>The largest request of several pictures, in MB.</summary>
    public int MaxBatchMegabytes { get; set; } = 1000;

    /// <summary>How many pictures may wait to be judged; further ones are refused with 429.</summary>
    public int QueueLength { get; set; } = 64;

    /// <summary>How many pictures are judged at once: one is decoded while another is encoded.</summary>
    public int Judges { get; set; } = 2;

    /// <summary>Threads of an encoder; 0 for all cores.</summary>
    public int Threads { get; set; }

    /// <summary>How many detectors stay in memory; those not used longest leave it.</summary>
    public int CachedDetectors { get; set; } = 20;

    /// <summary>The program that learns words; looked for in the path where it is no path itself.</summary>
    public string TrainingProgram { get; set; } = "promptad";

    /// <summary>Days for which pictures of good parts are kept; 0 for ever.</summary>
    public double KeepOkDays { get; set; }

    /// <summary>Days for which all other pictures are kept: NG, REVIEW, undecided, reviewed as a defect; 0 for ever.</summary>
    public double KeepOtherDays { get; set; }

    /// <summary>Gigabytes that all files may take; beyond, the oldest pictures of good parts go. 0 for no bound.</summary>
    public double MostGigabytes { get; set; }

    /// <summary>Whether a drawn product is taught, and a line brings drawn parts.</summary>
    public bool Demo { get; set; }

    /// <summary>Seconds between two parts of the drawn line.</summary>
    public double DemoSeconds { get; set; } = 1;

    /// <summary>Folders that are watched.</summary>
    public List<FolderOptions> Folders { get; } = [];

    /// <summary>Folders below which folders may be watched that are set up through the interface; none for none.</summary>
    public List<FolderRoot> FolderRoots { get; } = [];

    /// <summary>Addresses that results are posted to.</summary>
    public List<WebhookOptions> Webhooks { get; } = [];

    /// <summary>MQTT brokers.</summary>
    public List<MqttOptions> Mqtt { get; } = [];

    /// <summary>The hours of the day at which shifts begin, 0 alone for days.</summary>
    /// <value>6, 14 and 22 where nothing is set.</value>
    public List<int> ShiftHours { get; } = [];

    /// <summary>Several computers as one service.</summary>
    public ClusterOptions Cluster { get; } = new();

    /// <summary>Requests a second that one sender may make on average.</summary>
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>Attempts to sign in a minute from one address.</summary>
    public int LoginsPerMinute { get; set; } = 10;
}
