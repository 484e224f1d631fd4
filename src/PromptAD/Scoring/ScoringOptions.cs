namespace PromptAD;

/// <summary>How scores and maps are read from the features.</summary>
public sealed record ScoringOptions
{
    /// <summary>Side of the square anomaly map in pixels.</summary>
    /// <value>1 to 4096; 400 by default, as published.</value>
    public int MapSize { get; init; } = 400;

    /// <summary>Deviation of the Gaussian that smooths the map, in map pixels. 0 switches smoothing off.</summary>
    /// <value>0 to 100; 4 by default, as published.</value>
    public float SmoothingSigma { get; init; } = 4;

    /// <summary>How the checkpoint's temperature enters the softmax, in training and in scoring (mark Q3).</summary>
    /// <value><see cref="LogitScaleUse.AsStored"/> by default, as published.</value>
    public LogitScaleUse LogitScale { get; init; } = LogitScaleUse.AsStored;

    internal void Validate()
    {
        Check.Range(MapSize, 1, 4096, nameof(MapSize));
        Check.Range(SmoothingSigma, 0, 100, nameof(SmoothingSigma));
        Check.Known(LogitScale, nameof(LogitScale));
    }
}

/// <summary>Mark Q3: what s in s·[z·w_n, z·w_a] is.</summary>
public enum LogitScaleUse
{
    /// <summary>
    /// The checkpoint's <c>logit_scale</c> parameter as stored, about 4.6: what the published program does. Scores stay away from 0 and 1.
    /// </summary>
    AsStored,

    /// <summary>Its exponential, about 100: what CLIP was trained with. Scores are close to a step.</summary>
    Exponential,
}
