namespace PromptAD.Training.Tests;

/// <summary>Real pictures and reference values that are not part of the repository.</summary>
internal static class SharedFolder
{
    /// <summary>The folder, in one of those above the tests; skips the test where there is none.</summary>
    public static string Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string shared = Path.Combine(folder, "shared");
            if (Directory.Exists(Path.Combine(shared, "data", "magnetic-tile"))) return shared;
        }
        Assert.Skip($"The pictures of magnetic-tile are in no 'shared/data' folder above {AppContext.BaseDirectory}.");
        return "";
    }
}
