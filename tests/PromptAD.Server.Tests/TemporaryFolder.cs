namespace PromptAD.Server.Tests;

/// <summary>A folder of its own for each test that derives from this.</summary>
public abstract class TemporaryFolder : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("promptad-server-tests-").FullName;

    protected string InFolder(string name) => Path.Combine(Folder, name);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
