using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace PromptAD.Files;

/// <summary>The element types that tensors are stored in.</summary>
internal enum ElementType
{
    Float32, Float64, Float16, BFloat16, Int64, Int32, Int16, Int8, UInt8, Bool,
}

internal static class ElementTypes
{
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 => 8,
        ElementType.Float32 or ElementType.Int32 => 4,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 => 2,
        _ => 1,
    };

    /// <summary>Widens stored little-endian floating-point elements to float32.</summary>
    /// <exception cref="PromptADException">The elements are integers.</exception>
    public static void ToFloat32(this ElementType type, ReadOnlySpan<byte> source, Span<float> destination, string name)
    {
        switch (type)
        {
            case ElementType.Float32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
                break;
            case ElementType.Float64:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(source), destination);
                break;
            case ElementType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
                break;
            case ElementType.BFloat16:
                ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(source);
                for (int i = 0; i < halves.Length; i++) destination[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
                break;
            default:
                throw new PromptADException(
                    Problem.Unsupported, $"Tensor '{name}' holds {type} elements; weights must be Float32, Float16, BFloat16 or Float64.");
        }
    }
}
