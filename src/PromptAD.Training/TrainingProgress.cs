namespace PromptAD.Training;

/// <summary>The two levels that prompts are learned at.</summary>
public enum PromptLevel
{
    /// <summary>One feature for the whole picture: the text score.</summary>
    Image,

    /// <summary>One feature for each patch: the text map.</summary>
    Pixel,
}

/// <summary>One finished epoch of training.</summary>
/// <param name="Level">The level that is being learned.</param>
/// <param name="Epoch">The epoch, counted from 1.</param>
/// <param name="Epochs">The epochs of a level.</param>
/// <param name="Loss">The loss before the epoch's step.</param>
public readonly record struct TrainingProgress(PromptLevel Level, int Epoch, int Epochs, double Loss)
{
    /// <summary>The part of the whole training that is done, both levels, 0 to 1.</summary>
    public double Fraction => ((Level == PromptLevel.Image ? 0 : Epochs) + Epoch) / (2.0 * Epochs);
}
