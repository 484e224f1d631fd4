using System.Numerics.Tensors;
using PromptAD.Files;

namespace PromptAD.Onnx;

/// <summary>
/// The weights file beside a graph, in the form that <see cref="GraphBuilder"/> multiplies by: matrices as (in, out). A tensor is declared
/// with what makes it and made when it is written, one at a time. With <see cref="BackbonePrecision.Int8"/> matrices are integers of 7
/// bits, each column with its scale; with <see cref="BackbonePrecision.Float16"/> all tensors have 16 bits.
/// </summary>
/// <param name="precision">How the weights are stored.</param>
internal sealed class GraphWeights(BackbonePrecision precision)
{
    // Two products with 8-bit activations then fit into 16 bits, where AVX2 adds them up: all processors make the same features.
    private const int LargestInt8 = 63;
    private readonly Dictionary<string, Func<float[]>> sources = [];
    private readonly List<TensorEntry> entries = [];

    /// <summary>Where each tensor lies in the file: the widest elements first, so that all lie at multiples of their size.</summary>
    public SafetensorsLayout Layout => new([.. entries.OrderByDescending(entry => entry.Type.Size())]);

    /// <summary>Declares a tensor.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="source">Makes its values.</param>
    public void Declare(string name, long[] shape, Func<float[]> source) =>
        Declare(name, shape, source, precision == BackbonePrecision.Float16 ? ElementType.Float16 : ElementType.Float32);

    /// <summary>
    /// Declares a matrix that <see cref="GraphBuilder.MatMulWeight"/> multiplies by, (in, out): with 8 bits its scales too.
    /// </summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="source">Makes its values.</param>
    public void DeclareMatrix(string name, long[] shape, Func<float[]> source)
    {
        if (precision != BackbonePrecision.Int8)
        {
            Declare(name, shape, source);
            return;
        }
        int outputs = (int)shape[1];
        Declare(GraphBuilder.ScaleOf(name), [outputs], () => ScalesOf(source(), outputs));
        Declare(name, shape, () => Round(source(), outputs), ElementType.Int8);
    }

    /// <summary>Writes the file, one tensor in memory at a time.</summary>
    public void Write(Stream stream) => Layout.Write(stream, entry => sources[entry.Name]());

    /// <summary>The matrix turned over: (rows, columns) becomes (columns, rows).</summary>
    public static float[] Transpose(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        var transposed = new float[matrix.Length];
        const int Tile = 32; // keeps both sides in the cache
        for (int top = 0; top < rows; top += Tile)
        {
            for (int left = 0; left < columns; left += Tile)
            {
                for (int row = top; row < Math.Min(top + Tile, rows); row++)
                {
                    for (int column = left; column < Math.Min(left + Tile, columns); column++)
                        transposed[(column * rows) + row] = matrix[(row * columns) + column];
                }
            }
        }
        return transposed;
    }

    private void Declare(string name, long[] shape, Func<float[]> source, ElementType type)
    {
        entries.Add(new TensorEntry(name, type, shape));
        sources.Add(name, source);
    }

    /// <summary>What 1 stands for in each column, so that its largest weight is <see cref="LargestInt8"/>.</summary>
    private static float[] ScalesOf(ReadOnlySpan<float> matrix, int columns)
    {
        var largest = new float[columns];
        for (int start = 0; start < matrix.Length; start += columns)
            TensorPrimitives.MaxMagnitude(largest, matrix.Slice(start, columns), largest);
        for (int column = 0; column < columns; column++)
            largest[column] = largest[column] == 0 ? 1 : Math.Abs(largest[column]) / LargestInt8;
        return largest;
    }

    private static float[] Round(float[] matrix, int columns)
    {
        float[] scales = ScalesOf(matrix, columns);
        for (int start = 0; start < matrix.Length; start += columns)
        {
            Span<float> row = matrix.AsSpan(start, columns);
            TensorPrimitives.Divide(row, scales, row);
        }
        TensorPrimitives.Round(matrix, matrix);
        return matrix;
    }
}
