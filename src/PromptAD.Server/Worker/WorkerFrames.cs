using PromptAD.Imaging;
using PromptAD.Server.Judging;

namespace PromptAD.Server.Worker;

/// <summary>
/// Raw frames as picture files, since files are learned from. A frame is judged in 8 bits, and PNG keeps these as they are: both score the
/// same.
/// </summary>
internal static class WorkerFrames
{
    /// <summary>Uses a picture as a file.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="folder">Where a file may lie meanwhile.</param>
    /// <param name="use">Gets the file's path.</param>
    public static T Use<T>(WorkerPicture picture, string folder, Func<string, T> use)
    {
        if (ShapeOf(picture) is not { } shape) return use(picture.Path);
        string file = Write(picture, shape, folder);
        try
        {
            return use(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The paths of picture files; those of raw frames lie in a folder that somebody else removes.</summary>
    public static IEnumerable<string> Files(IEnumerable<WorkerPicture> pictures, string folder) =>
        pictures.Select(picture => ShapeOf(picture) is { } shape ? Write(picture, shape, folder) : picture.Path);

    private static FrameShape? ShapeOf(WorkerPicture picture) => picture.Media is null ? null : PictureMedia.Parse(picture.Media).Frame;

    private static string Write(WorkerPicture picture, FrameShape shape, string folder)
    {
        string file = Path.Combine(folder, $"{Path.GetFileName(picture.Path)}.png");
        PictureEncoder.Save(shape.Of(File.ReadAllBytes(picture.Path)), file);
        return file;
    }
}
