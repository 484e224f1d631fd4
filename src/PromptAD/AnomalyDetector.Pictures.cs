using PromptAD.Imaging;

namespace PromptAD;

/// <content>Which picture files are taken, and how.</content>
public sealed partial class AnomalyDetector
{
    /// <summary>
    /// The most pixels (width times height) that a picture file may have; checked from its header, before memory is taken.
    /// </summary>
    /// <value>At least 1. By default what the detector was trained with, 100,000,000 unless chosen otherwise.</value>
    /// <exception cref="PromptADException">The value is below 1.</exception>
    public long MaxPicturePixels
    {
        get => Interlocked.Read(ref maxPicturePixels);
        set
        {
            (Info.Preprocessing with { MaxPicturePixels = value }).Validate();
            Interlocked.Exchange(ref maxPicturePixels, value);
        }
    }

    /// <summary>How many low bits 16-bit pictures use, as <see cref="PreprocessingOptions.SignificantBits"/>.</summary>
    /// <value>
    /// 8 to 16. What the detector was trained with; null where that was no 16-bit picture, and only then it can be chosen.
    /// </value>
    /// <exception cref="PromptADException">The value is out of its range, or not what the detector was trained with.</exception>
    public int? SignificantBits
    {
        get => Volatile.Read(ref significantBits) is > 0 and var bits ? bits : null;
        set
        {
            BitDepth.Validate(value, nameof(SignificantBits));
            if (Info.Preprocessing.SignificantBits is { } trained && trained != value)
            {
                string what = $"{(value is null ? "No" : $"{value}")} significant bits were asked for, but the detector was trained with "
                    + $"16-bit pictures of {trained}.";
                throw new PromptADException(new Diagnostic(Problem.Mismatch, what)
                {
                    Remedy = $"Give pictures of {trained} bits without {{0}}, or train again.",
                    Option = $"{nameof(AnomalyDetector)}.{nameof(SignificantBits)}",
                });
            }
            Volatile.Write(ref significantBits, value ?? 0);
        }
    }

    /// <summary>What is known of the bits of 16-bit pictures.</summary>
    internal BitDepth Depth => new(SignificantBits);
}
