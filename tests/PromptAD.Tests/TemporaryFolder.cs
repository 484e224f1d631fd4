namespace PromptAD.Tests;

/// <summary>A folder of its own for each test that derives from this.</summary>
public abstract class TemporaryFolder : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("promptad-tests-").FullName;

    protected string InFolder(string name) => Path.Combine(Folder, name);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Expects an error that the caller can mend, in one line.</summary>
    private protected static PromptADException Refused(Action act)
    {
        PromptADException error = Assert.Throws<PromptADException>(act);
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }
}
