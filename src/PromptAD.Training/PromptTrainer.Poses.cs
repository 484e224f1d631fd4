using PromptAD.Encoders;
using PromptAD.Imaging;

namespace PromptAD.Training;

/// <content>Remembering pictures in other poses.</content>
public sealed partial class PromptTrainer
{
    private readonly PoseMemory? poses;
    private readonly List<PictureFeatures> posed = []; // what is remembered beside each picture where there are other poses; one a picture

    /// <summary>What the memory holds beside the good pictures themselves, equally many for each.</summary>
    private List<PictureFeatures> Remembered => poses is null ? moved : posed;

    private PictureFeatures[] Views(byte[] image, double aspect, CancellationToken cancellation)
    {
        IReadOnlyList<PoseView> views = options.Poses!.Remembered();
        PictureFeatures[] encoded = shotEncoder.Changed(
            image, views.Count, (i, view) => views[i].Make(image, preprocessor.Size, aspect, view), cancellation);
        return [.. encoded.Select((picture, i) => poses!.Whole(picture, views[i], aspect))];
    }
}
