namespace PromptAD.Pictures.Drawing;

/// <summary>What a picture shows before it is lit: planes of <c>Size x Size</c> values, row by row.</summary>
internal sealed class Layers(int size)
{
    public int Size { get; } = size;

    /// <summary>Colour without light, 0 to 1.</summary>
    public float[] R { get; } = new float[size * size];

    public float[] G { get; } = new float[size * size];

    public float[] B { get; } = new float[size * size];

    /// <summary>Height above the ground, in picture widths.</summary>
    public float[] Height { get; } = new float[size * size];

    /// <summary>How much light is mirrored, 0 (matt) to 1.</summary>
    public float[] Gloss { get; } = new float[size * size];

    /// <summary>How much of a pixel belongs to the product and not to what it lies on, 0 to 1.</summary>
    public float[] Product { get; } = new float[size * size];

    public void CopyTo(Layers target)
    {
        for (int i = 0; i < Planes.Length; i++) Planes[i].AsSpan().CopyTo(target.Planes[i]);
    }

    /// <summary>The six planes in a fixed order, for work that treats them alike.</summary>
    public float[][] Planes => _planes ??= [R, G, B, Height, Gloss, Product];

    private float[][]? _planes;

    /// <summary>Mixes a colour into a pixel.</summary>
    public void Tint(int pixel, Rgb colour, float share)
    {
        R[pixel] += (colour.R - R[pixel]) * share;
        G[pixel] += (colour.G - G[pixel]) * share;
        B[pixel] += (colour.B - B[pixel]) * share;
    }

    /// <summary>Darkens (below 1) or brightens a pixel.</summary>
    public void Multiply(int pixel, float factor)
    {
        R[pixel] *= factor;
        G[pixel] *= factor;
        B[pixel] *= factor;
    }
}
