namespace PromptAD.Files;

/// <summary>What a file's header says of one tensor.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Shape">Its dimensions; empty for a scalar.</param>
internal sealed record TensorEntry(string Name, ElementType Type, long[] Shape)
{
    /// <summary>The number of elements.</summary>
    public long Count => CountOf(Shape);

    /// <summary>The number of bytes its elements take.</summary>
    public long ByteCount => checked(Count * Type.Size());

    /// <summary>The shape as people write it: "640 x 77".</summary>
    public string ShapeText => ShapeToText(Shape);

    public static long CountOf(long[] shape) => shape.Aggregate(1L, (product, size) => checked(product * size));

    public static string ShapeToText(long[] shape) => shape.Length == 0 ? "scalar" : string.Join(" x ", shape);
}
