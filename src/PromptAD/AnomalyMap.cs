using System.Numerics.Tensors;
using PromptAD.Files;
using PromptAD.Imaging;

namespace PromptAD;

/// <summary>How anomalous each place of a picture is: values in [0, 1], higher is more anomalous, row by row from the top left.</summary>
public sealed class AnomalyMap
{
    private readonly float[] values;

    /// <summary>Takes over the values: (height, width).</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="values">Row by row from the top left; must not change any more.</param>
    public AnomalyMap(int width, int height, float[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, width * height);
        Width = width;
        Height = height;
        this.values = values;
        int peak = TensorPrimitives.IndexOfMax(values);
        Peak = (peak % width, peak / width);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>All values, row by row: (height, width).</summary>
    public ReadOnlyMemory<float> Values => values;

    /// <summary>The highest value.</summary>
    public float Max => this[Peak.X, Peak.Y];

    /// <summary>Where the highest value lies; the first such place if there are several.</summary>
    public (int X, int Y) Peak { get; }

    /// <summary>The value of one place.</summary>
    /// <param name="x">The column, from 0 at the left.</param>
    /// <param name="y">The row, from 0 at the top.</param>
    /// <exception cref="ArgumentOutOfRangeException">The place lies outside the map.</exception>
    public float this[int x, int y]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)x, (uint)Width, nameof(x));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height, nameof(y));
            return values[(y * Width) + x];
        }
    }

    /// <summary>Writes a 16-bit grey PNG: 0 is black, 1 is white (65,535), steps in between are rounded.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <exception cref="PromptADException">The file cannot be written.</exception>
    public void SavePng16(string path) => AtomicFile.Write(path, SavePng16);

    /// <summary>Writes a 16-bit grey PNG: 0 is black, 1 is white (65,535), steps in between are rounded.</summary>
    /// <param name="stream">Where to write; stays open.</param>
    public void SavePng16(Stream stream) => Png16Writer.Write(stream, Width, Height, values);

    /// <summary>Writes a NumPy array: float32, shape (height, width), the exact values.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <exception cref="PromptADException">The file cannot be written.</exception>
    public void SaveNpy(string path) => AtomicFile.Write(path, SaveNpy);

    /// <summary>Writes a NumPy array: float32, shape (height, width), the exact values.</summary>
    /// <param name="stream">Where to write; stays open.</param>
    public void SaveNpy(Stream stream) => NpyWriter.Write(stream, Width, Height, values);
}
