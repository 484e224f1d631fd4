using System.Globalization;

namespace PromptAD.Pretraining.Learning;

/// <summary>The rows of a training's <c>curve.csv</c>: means of the loss since the row before, now and then with a validation.</summary>
internal sealed class LearningCurve
{
    private const string Header = "step,minutes,pictures,rate,size,total,patch,picture,memory,name,patch_right,picture_right,memory_right,"
        + "picture_text,patch_text,picture_memory,pixel_text,pixel_memory";
    private readonly string path;

    public LearningCurve(string path)
    {
        this.path = path;
        if (!File.Exists(path)) File.WriteAllText(path, Header + "\n");
    }

    public void Add(Progress progress, double rate, int size, LossValues loss, ValidationScores? validation)
    {
        ValidationScores? v = validation;
        string?[] cells =
        [
            Text(progress.Steps, "0"), Text(progress.Seconds / 60, "0.00"), Text(progress.Pictures, "0"), Text(rate, "0.000000"), Text(size, "0"),
            .. new[] { loss.Total, loss.Patch, loss.Picture, loss.Memory, loss.Name, loss.PatchRight, loss.PictureRight, loss.MemoryRight }.Select(x => Text(x, "0.0000")),
            .. new[] { v?.PictureText, v?.PatchText, v?.PictureMemory, v?.PixelText, v?.PixelMemory }.Select(x => Text(x, "0.0000")),
        ];
        File.AppendAllText(path, string.Join(',', cells) + "\n");
    }

    private static string Text(IFormattable? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
