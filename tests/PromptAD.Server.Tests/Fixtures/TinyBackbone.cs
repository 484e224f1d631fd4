[assembly: AssemblyFixture(typeof(PromptAD.Server.Tests.Fixtures.TinyBackbone))]

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>A backbone store with one backbone so small that training and judging take milliseconds.</summary>
public sealed class TinyBackbone : IDisposable
{
    public const string Id = "tiny";

    private const string Json = """
        {"kind": "dinov2", "width": 128, "layers": 2, "heads": 2, "patch": 4, "trained_size": 12, "input_size": 16}
        """;

    private readonly Lazy<byte[]> detector;

    public TinyBackbone()
    {
        detector = new Lazy<byte[]>(Train);
        string configuration = Path.Combine(Folder, "tiny.json");
        File.WriteAllText(configuration, Json);
        new BackboneStore(Folder).Generate(configuration, new BackboneImportOptions { Id = Id });
    }

    /// <summary>A detector of the drawn part, trained on four pictures; made when it is first asked for.</summary>
    public byte[] Detector => detector.Value;

    public string Folder { get; } = Directory.CreateTempSubdirectory("promptad-server-backbone-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private byte[] Train()
    {
        using Backbone backbone = new BackboneStore(Folder).Open(Id);
        var trainer = new MemoryTrainer(backbone, "plate", new MemoryTrainingOptions { Limits = new LimitOptions() });
        for (int i = 0; i < 4; i++) trainer.AddGood(TestPictures.Good(i));
        using AnomalyDetector trained = trainer.Train();
        using var stream = new MemoryStream();
        trained.Save(stream);
        return stream.ToArray();
    }
}
