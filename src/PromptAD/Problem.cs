namespace PromptAD;

/// <summary>What kind of problem an error or a warning is about, for programs that react to it.</summary>
public enum Problem
{
    /// <summary>An argument cannot be used as it is, or two arguments exclude each other.</summary>
    InvalidArgument,

    /// <summary>A value lies outside its range, or there are too few or too many of something.</summary>
    OutOfRange,

    /// <summary>Something that was asked for is not there: a file, a backbone, a part of a detector.</summary>
    Missing,

    /// <summary>Something is there already that would have to be replaced.</summary>
    AlreadyExists,

    /// <summary>Another program has changed a file meanwhile, so it was left as it is.</summary>
    Conflict,

    /// <summary>A file, folder or stream cannot be read.</summary>
    Unreadable,

    /// <summary>A file or folder cannot be written or removed.</summary>
    Unwritable,

    /// <summary>A file does not hold what it should: it is cut short, changed, or of another kind.</summary>
    Damaged,

    /// <summary>This library cannot do what was asked for, such as reading a newer format.</summary>
    Unsupported,

    /// <summary>Two things do not belong together: a picture and a mask, a detector and a backbone, weights and a configuration.</summary>
    Mismatch,

    /// <summary>The detector has no limits, or no scores of good pictures to find them from.</summary>
    NotCalibrated,

    /// <summary>It would harm: a picture that looks like another product, a defect that would turn OK.</summary>
    Refused,

    /// <summary>A download has failed.</summary>
    Network,

    /// <summary>The machine lacks something: a native library, a provider, memory.</summary>
    Environment,
}
