using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace PromptAD.Files;

/// <summary>
/// The header of a safetensors file to be written, and so where each tensor will lie. Knowing the places beforehand lets an ONNX graph
/// point into the file, and lets tensors be made one at a time while they are written.
/// </summary>
internal sealed class SafetensorsLayout
{
    private const int Alignment = 64; // the first tensor starts on a cache line; so do the others whose sizes allow it
    private readonly byte[] header;
    private readonly Dictionary<string, long> offsets = [];

    /// <param name="tensors">The tensors in the order they will be written.</param>
    /// <param name="metadata">Free text for the header.</param>
    public SafetensorsLayout(IReadOnlyList<TensorEntry> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Tensors = tensors;
        header = Serialize(tensors, metadata ?? new Dictionary<string, string>());
        long offset = header.Length;
        foreach (TensorEntry entry in tensors)
        {
            offsets.Add(entry.Name, offset);
            offset += entry.ByteCount;
        }
    }

    internal IReadOnlyList<TensorEntry> Tensors { get; }

    /// <summary>The byte at which the tensor's elements start, counted from the start of the file.</summary>
    internal long OffsetOf(string name) => offsets[name];

    /// <summary>
    /// Writes the file; <paramref name="read"/> is asked for each tensor's elements in turn, as float32, and may reuse its memory.
    /// </summary>
    public void Write(Stream stream, Func<TensorEntry, ReadOnlyMemory<float>> read)
    {
        stream.Write(header);
        foreach (TensorEntry entry in Tensors)
        {
            stream.Write(Elements(entry, read));
        }
    }

    /// <summary>The hash of the file that these tensors and texts would make.</summary>
    internal static string HashOf(
        IReadOnlyList<TensorEntry> tensors,
        IReadOnlyDictionary<string, string> metadata,
        Func<TensorEntry, ReadOnlyMemory<float>> read) =>
        ContentHash.Of(metadata, tensors, (entry, hash) => hash.AppendData(Elements(entry, read)));

    private static ReadOnlySpan<byte> Elements(TensorEntry entry, Func<TensorEntry, ReadOnlyMemory<float>> read)
    {
        ReadOnlySpan<float> values = read(entry).Span;
        if (values.Length != entry.Count)
            throw new InvalidOperationException($"'{entry.Name}' was announced with {entry.Count} elements.");
        return ToBytes(entry.Type, values);
    }

    private static ReadOnlySpan<byte> ToBytes(ElementType type, ReadOnlySpan<float> values)
    {
        switch (type)
        {
            case ElementType.Float32:
                return MemoryMarshal.AsBytes(values);
            case ElementType.Int8:
                var integers = new sbyte[values.Length];
                TensorPrimitives.ConvertChecked(values, integers);
                return MemoryMarshal.AsBytes<sbyte>(integers);
            case ElementType.UInt8:
                var bytes = new byte[values.Length];
                TensorPrimitives.ConvertChecked(values, bytes);
                return bytes;
            case ElementType.Float16:
                var halves = new Half[values.Length];
                TensorPrimitives.ConvertToHalf(values, halves);
                return MemoryMarshal.AsBytes<Half>(halves);
            default:
                throw new NotSupportedException($"Tensors are written as Float32, Float16, Int8 or UInt8, not {type}.");
        }
    }

    private static byte[] Serialize(IReadOnlyList<TensorEntry> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            foreach ((string key, string value) in metadata) writer.WriteString(key, value);
            writer.WriteEndObject();
            long offset = 0;
            foreach (TensorEntry entry in tensors)
            {
                writer.WriteStartObject(entry.Name);
                writer.WriteString("dtype", SafetensorsFile.NameOf(entry.Type));
                writer.WriteStartArray("shape");
                foreach (long size in entry.Shape) writer.WriteNumberValue(size);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                writer.WriteNumberValue(offset += entry.ByteCount);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        int padding = (int)(-(8 + json.Length) & (Alignment - 1)); // the format lets a header end in spaces
        byte[] header = new byte[8 + json.Length + padding];
        BitConverter.TryWriteBytes(header, json.Length + padding);
        json.GetBuffer().AsSpan(0, (int)json.Length).CopyTo(header.AsSpan(8));
        header.AsSpan(8 + (int)json.Length).Fill((byte)' ');
        return header;
    }
}
