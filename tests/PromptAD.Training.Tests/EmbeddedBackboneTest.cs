namespace PromptAD.Training.Tests;

/// <summary>What the embedded backbone can do, measured on drawn pictures; each test has a folder of its own.</summary>
public abstract class EmbeddedBackboneTest : IDisposable
{
    /// <summary>The folder, removed afterwards.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("promptad-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected Backbone OpenBackbone() => new BackboneStore(Path.Combine(Folder, "store")).Open(BackboneStore.EmbeddedId, threads: 0);

    /// <summary>A square picture of three channels.</summary>
    protected static CameraFrame Frame(byte[] rgb)
    {
        int size = (int)Math.Sqrt(rgb.Length / 3);
        return new CameraFrame(rgb, size, size, PixelFormat.Rgb24);
    }
}
