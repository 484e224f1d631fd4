namespace PromptAD.Evaluation.Features;

/// <summary>What a picture is read for. The published program reads the two kinds with different channel orders (mark Q6).</summary>
internal enum PictureRole
{
    /// <summary>A good picture to learn from.</summary>
    Reference,

    /// <summary>A picture to be judged.</summary>
    Query,
}
