namespace PromptAD.Words;

/// <summary>What is left of the learned words: the prototypes of both levels.</summary>
/// <param name="Image">Of the image level, for the text score.</param>
/// <param name="Pixel">Of the pixel level, for the text map.</param>
public sealed record WordPrototypes(Prototypes Image, Prototypes Pixel);
