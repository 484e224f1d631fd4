using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>A good picture that no memory holds, and copies of it with painted defects, all patches.</summary>
/// <param name="Good">The picture.</param>
/// <param name="Copies">The copies.</param>
internal sealed record SpoiltPicture(PictureFeatures Good, IReadOnlyList<PictureFeatures> Copies);
