using System.Numerics.Tensors;
using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>The places of a mask as one encoder and one map see them, made once for each detector.</summary>
internal sealed class InspectedPatches
{
    private readonly bool[] input, map;
    private readonly IReadOnlyList<byte> fill;

    /// <param name="mask">What is inspected.</param>
    /// <param name="encoder">What the encoder reads.</param>
    /// <param name="mapSize">The side of the map.</param>
    /// <exception cref="PromptADException">No patch is inspected.</exception>
    public InspectedPatches(PictureMask mask, EncoderInfo encoder, int mapSize)
    {
        Mask = mask;
        fill = encoder.FillLevels;
        input = mask.Raster(encoder.InputSize);
        map = mask.Raster(mapSize);
        bool[] patches = mask.Patches(encoder.Grid);
        Places = [.. Enumerable.Range(0, patches.Length).Where(place => patches[place])];
        All = patches.Length;
    }

    public PictureMask Mask { get; }

    /// <summary>The patches that are inspected, in their order.</summary>
    public int[] Places { get; }

    /// <summary>The number of all patches.</summary>
    public int All { get; }

    /// <summary>Paints what is not inspected with the levels that say least to the encoder, (3, size, size).</summary>
    public void Paint(Span<byte> planes)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            Span<byte> plane = planes.Slice(channel * input.Length, input.Length);
            for (int i = 0; i < plane.Length; i++) if (!input[i]) plane[i] = fill[channel];
        }
    }

    /// <summary>1 for pixels of the encoder's input that are inspected, 0 for those painted over, (size, size).</summary>
    public float[] Seen() => [.. input.Select(seen => seen ? 1f : 0f)];

    /// <summary>A picture's features of the inspected patches alone.</summary>
    public PictureFeatures Select(PictureFeatures features) => new(features.Cls, Pick(features.Tokens), [.. features.Memory.Select(Pick)]);

    private float[] Pick(float[] rows) => Channels.Pick(rows, Places, rows.Length / All);

    /// <summary>The values of the inspected patches, (places).</summary>
    public float[] Select(float[] values) => [.. Places.Select(place => values[place])];

    /// <summary>A map of all patches from the values of the inspected ones; the others are as low as the lowest of them.</summary>
    public float[] Fill(float[] kept)
    {
        var spread = new float[All];
        Array.Fill(spread, TensorPrimitives.Min<float>(kept));
        foreach ((int i, int place) in Places.Index()) spread[place] = kept[i];
        return spread;
    }

    /// <summary>Whether a pixel of a finished map is inspected, (size, size).</summary>
    public ReadOnlyMemory<bool> Map => map;

    /// <summary>Sets what is not inspected to 0 in a finished map.</summary>
    public void Clear(float[] finished)
    {
        for (int i = 0; i < finished.Length; i++) if (!map[i]) finished[i] = 0;
    }
}
