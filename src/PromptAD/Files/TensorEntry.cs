namespace PromptAD.Files;

/// <summary>What a file's header says of one tensor.</summary>
public sealed record TensorEntry
{
    internal TensorEntry(string name, ElementType type, long[] shape) => (Name, Type, Shape) = (name, type, shape);

    /// <summary>The tensor's name.</summary>
    public string Name { get; internal init; }

    /// <summary>How its elements are stored.</summary>
    internal ElementType Type { get; init; }

    /// <summary>Its dimensions; empty for a scalar.</summary>
    public long[] Shape { get; internal init; }

    /// <summary>The number of elements.</summary>
    public long Count => CountOf(Shape);

    /// <summary>The number of bytes its elements take.</summary>
    internal long ByteCount => checked(Count * Type.Size());

    /// <summary>The shape as people write it: "640 x 77".</summary>
    internal string ShapeText => ShapeToText(Shape);

    internal static long CountOf(long[] shape) => shape.Aggregate(1L, (product, size) => checked(product * size));

    internal static string ShapeToText(long[] shape) => shape.Length == 0 ? "scalar" : string.Join(" x ", shape);
}
