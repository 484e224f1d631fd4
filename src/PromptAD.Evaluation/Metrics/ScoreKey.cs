namespace PromptAD.Evaluation.Metrics;

/// <summary>A float as a 32-bit number that sorts the same way, so that scores can be put into buckets by their upper bits.</summary>
internal static class ScoreKey
{
    private const uint SignBit = 0x8000_0000;

    public static uint Of(float score)
    {
        // Adding zero turns -0 into +0: the two compare as equal and must share a key.
        uint bits = BitConverter.SingleToUInt32Bits(score + 0f);
        // Negative numbers sort backwards by their bits, so all of theirs are flipped; of the others only the sign.
        return bits ^ ((uint)((int)bits >> 31) | SignBit);
    }

    public static float ToScore(uint key) => BitConverter.UInt32BitsToSingle((key & SignBit) != 0 ? key ^ SignBit : ~key);
}
