namespace PromptAD;

/// <summary>What becomes of a part.</summary>
public enum Verdict
{
    /// <summary>The score is at most the review limit: as good parts are.</summary>
    OK,

    /// <summary>The score lies above the review limit but not above the NG limit: a person should look.</summary>
    Review,

    /// <summary>The score lies above the NG limit: not good.</summary>
    NG,
}
