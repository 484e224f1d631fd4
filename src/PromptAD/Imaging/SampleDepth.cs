namespace PromptAD.Imaging;

/// <summary>What is known of the samples of one 16-bit picture.</summary>
/// <param name="Stated">How many low bits the file says it uses; null where it says nothing, or what its samples contradict.</param>
/// <param name="Needed">The fewest usual bits that hold all samples: 8, 10, 12, 14 or 16.</param>
/// <param name="Largest">The largest sample.</param>
internal readonly record struct SampleDepth(int? Stated, int Needed, int Largest)
{
    public const int Fewest = 8, Most = 16;
    private const int SurelyUnused = 4; // of 12 bits in the upper ones of 16

    /// <summary>Reads what 16-bit samples and their file say.</summary>
    /// <param name="largest">The largest sample.</param>
    /// <param name="used">Every bit that some sample has.</param>
    /// <param name="claimed">The bits that the file claims; null for none.</param>
    public static SampleDepth Of(int largest, int used, int? claimed)
    {
        int needed = Fewest;
        while (largest >> needed != 0) needed += 2;
        // A dark picture in the upper bits has the lower ones all zero, which no picture in the lower bits has.
        if (IsShifted(used, Math.Min(SurelyUnused, Most - needed))) needed = Most;
        int? stated = claimed is >= Fewest and <= Most && largest >> claimed.Value == 0 ? claimed : null;
        if (stated is { } bits && IsShifted(used, Most - bits)) stated = Most; // as the PNG specification has it
        return new SampleDepth(stated, needed, largest);
    }

    private static bool IsShifted(int used, int unused) => used != 0 && (used & ((1 << unused) - 1)) == 0;
}
