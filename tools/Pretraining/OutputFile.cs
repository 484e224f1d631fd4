namespace PromptAD.Pretraining;

/// <summary>Files for people to look at; a folder that is not there is made.</summary>
internal static class OutputFile
{
    /// <exception cref="PromptADException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using FileStream file = File.Create(path);
            write(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(Problem.Unwritable, $"Cannot write '{path}': {e.Message} Choose a folder that can be written and has free space.", e);
        }
    }
}
