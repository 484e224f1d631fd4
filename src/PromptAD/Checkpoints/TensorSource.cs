using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>What a tensor is made of: stored tensors as they are, some of them below each other, or one of them turned over.</summary>
/// <param name="Stored">The stored names, from the first row on.</param>
/// <param name="Transposed">Whether rows and columns change places.</param>
internal sealed record TensorSource(IReadOnlyList<string> Stored, bool Transposed = false)
{
    /// <summary>A stored tensor as it is.</summary>
    public TensorSource(string stored) : this([stored]) { }

    /// <summary>Rows of zeros before the only part, a table (1, rows, width).</summary>
    public int RowsInFront { get; init; }

    /// <summary>The shape of the whole, or null where the parts do not fit together.</summary>
    public long[]? ShapeOf(IReadOnlyDictionary<string, TensorEntry> stored)
    {
        long[] first = stored[Stored[0]].Shape;
        if (Transposed) return first is [var rows, var columns] ? [columns, rows] : null;
        if (RowsInFront > 0) return first is [1, var own, var width] ? [1, RowsInFront + own, width] : null;
        if (Stored.Count == 1) return first;
        if (first.Length == 0 || Stored.Any(part => !stored[part].Shape.AsSpan(1..).SequenceEqual(first.AsSpan(1..)))) return null;
        return [Stored.Sum(part => stored[part].Shape[0]), .. first[1..]];
    }

    /// <summary>Reads the whole, row-major.</summary>
    public void Read(Checkpoint checkpoint, Span<float> destination)
    {
        if (Transposed)
        {
            long[] shape = checkpoint.Tensors[Stored[0]].Shape;
            var values = new float[destination.Length];
            checkpoint.Read(Stored[0], values);
            Transpose(values, (int)shape[0], (int)shape[1], destination);
            return;
        }
        if (RowsInFront > 0)
        {
            int zeros = destination.Length - checked((int)checkpoint.Tensors[Stored[0]].Count);
            destination[..zeros].Clear();
            destination = destination[zeros..];
        }
        for (int i = 0; i < Stored.Count; i++)
        {
            int length = i == Stored.Count - 1 ? destination.Length : checked((int)checkpoint.Tensors[Stored[i]].Count);
            checkpoint.Read(Stored[i], destination[..length]);
            destination = destination[length..];
        }
    }

    private static void Transpose(float[] values, int rows, int columns, Span<float> destination)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++) destination[column * rows + row] = values[row * columns + column];
        }
    }
}
