using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace PromptAD.Files;

/// <summary>Reads a safetensors file: a JSON header, then the tensors' bytes. Every length and offset is checked before use.</summary>
public sealed class SafetensorsFile : IDisposable
{
    private const int MaximumHeader = 100_000_000;
    private const int HashedAtOnce = 1 << 18; // bytes, which the processor's second cache holds
    private const string MetadataKey = "__metadata__";
    private static readonly Dictionary<string, ElementType> TypeNames = new()
    {
        ["F32"] = ElementType.Float32,
        ["F64"] = ElementType.Float64,
        ["F16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["I64"] = ElementType.Int64,
        ["I32"] = ElementType.Int32,
        ["I16"] = ElementType.Int16,
        ["I8"] = ElementType.Int8,
        ["U8"] = ElementType.UInt8,
        ["BOOL"] = ElementType.Bool,
    };

    private readonly string name; // the quoted path, or what else it is read from
    private readonly SafeFileHandle? handle;
    private readonly byte[] content = []; // of what is no file
    private readonly Dictionary<string, TensorEntry> tensors = [];
    private readonly Dictionary<string, long> offsets = [];
    private readonly Dictionary<string, string> metadata = [];

    private SafetensorsFile(string path, SafeFileHandle handle) => (name, this.handle) = ($"'{path}'", handle);

    private SafetensorsFile(byte[] content) => (name, this.content) = ("the stream", content);

    /// <summary>The header's free text, such as a configuration.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => tensors;

    /// <summary>Writes vectors as a file of float32 tensors of one dimension, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="vectors">The vectors by their names.</param>
    /// <exception cref="PromptADException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, float[]> vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        TensorEntry[] entries = [.. vectors.Select(pair => new TensorEntry(pair.Key, ElementType.Float32, [pair.Value.Length]))];
        AtomicFile.Write(path, stream => new SafetensorsLayout(entries).Write(stream, entry => vectors[entry.Name]));
    }

    /// <summary>Opens the file and checks its whole header.</summary>
    /// <exception cref="PromptADException">The file is missing, cut short or not safetensors.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = e is FileNotFoundException or DirectoryNotFoundException ? "the file does not exist" : AtomicFile.Reason(e);
            throw new PromptADException(
                Problem.Unreadable,
                $"Cannot open '{path}': {reason}. Give the path of a file that can be read.", e);
        }
        return Checked(new SafetensorsFile(path, handle));
    }

    /// <summary>Reads a stream from its position to its end into memory, and checks the header. The stream stays open.</summary>
    /// <exception cref="PromptADException">The stream cannot be read, or holds no whole safetensors file.</exception>
    internal static SafetensorsFile Open(Stream stream)
    {
        try
        {
            using var memory = new MemoryStream(stream.CanSeek ? (int)Math.Clamp(stream.Length - stream.Position, 0, Array.MaxLength) : 0);
            stream.CopyTo(memory);
            byte[] whole = memory.GetBuffer();
            return Checked(new SafetensorsFile(whole.Length == memory.Length ? whole : memory.ToArray()));
        }
        catch (IOException e)
        {
            throw new PromptADException(
                Problem.Unreadable, $"Cannot read the stream: {AtomicFile.Reason(e)}. Give a file's path, or a stream of at most 2 GB.", e);
        }
    }

    private static SafetensorsFile Checked(SafetensorsFile file)
    {
        try
        {
            file.ReadHeader();
            return file;
        }
        catch (Exception e) when (e is IOException or NotSupportedException) // a pipe has no length
        {
            file.Dispose();
            throw file.Damaged(AtomicFile.Reason(e), e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException or OverflowException)
        {
            file.Dispose();
            throw file.Damaged("its header cannot be read", e);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether the file holds just the tensors of a layout, in their places.</summary>
    internal bool Has(SafetensorsLayout layout) => tensors.Count == layout.Tensors.Count && layout.Tensors.All(
        entry => tensors.TryGetValue(entry.Name, out TensorEntry? found)
            && found.Type == entry.Type
            && found.Shape.SequenceEqual(entry.Shape)
            && offsets[entry.Name] == layout.OffsetOf(entry.Name));

    /// <summary>The elements of a floating-point tensor as float32, row-major.</summary>
    public float[] ReadFloats(string name)
    {
        var values = new float[Find(name).Count];
        ReadFloats(name, values);
        return values;
    }

    /// <summary>Reads a floating-point tensor into the caller's memory as float32, row-major.</summary>
    public void ReadFloats(string name, Span<float> destination)
    {
        TensorEntry entry = Find(name);
        if (destination.Length != entry.Count) throw new ArgumentException($"'{name}' has {entry.Count} elements.", nameof(destination));
        if (entry.Type == ElementType.Float32)
        {
            ReadAt(offsets[name], MemoryMarshal.AsBytes(destination));
            return;
        }
        entry.Type.ToFloat32(ReadBytes(name), destination, name);
    }

    /// <summary>Reads one row of a float32 matrix, without reading the others.</summary>
    public void ReadRow(string name, long row, Span<float> destination)
    {
        TensorEntry entry = Find(name);
        bool fits = entry.Type == ElementType.Float32
            && entry.Shape is [long rows, long columns]
            && row >= 0
            && row < rows
            && columns == destination.Length;
        if (!fits) throw Damaged($"tensor '{name}' is {entry.Type} {entry.ShapeText}, without a row {row} of {destination.Length} values");
        ReadAt(offsets[name] + (row * destination.Length * sizeof(float)), MemoryMarshal.AsBytes(destination));
    }

    /// <summary>The elements of an I64 tensor.</summary>
    public long[] ReadInt64(string name) => ReadAs<long>(name, ElementType.Int64);

    /// <summary>The elements of an F64 tensor.</summary>
    public double[] ReadDoubles(string name) => ReadAs<double>(name, ElementType.Float64);

    /// <summary>The stored bytes of any tensor.</summary>
    public byte[] ReadBytes(string name)
    {
        var bytes = new byte[Find(name).ByteCount];
        ReadAt(offsets[name], bytes);
        return bytes;
    }

    /// <summary>The hash of what the file holds, but for one text, which may be the hash itself.</summary>
    internal string HashWithout(string key)
    {
        var block = new byte[HashedAtOnce];
        return ContentHash.Of(metadata.Where(text => text.Key != key), tensors.Values, (entry, hash) =>
        {
            for (long start = 0; start < entry.ByteCount; start += block.Length)
            {
                Span<byte> bytes = block.AsSpan(0, (int)Math.Min(block.Length, entry.ByteCount - start));
                ReadAt(offsets[entry.Name] + start, bytes);
                hash.AppendData(bytes);
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose() => handle?.Dispose();

    private T[] ReadAs<T>(string name, ElementType type) where T : unmanaged
    {
        TensorEntry entry = Find(name);
        if (entry.Type != type) throw Damaged($"tensor '{name}' is {entry.Type}, not {type}");
        return MemoryMarshal.Cast<byte, T>(ReadBytes(name)).ToArray();
    }

    private TensorEntry Find(string name) => tensors.GetValueOrDefault(name) ?? throw Damaged($"tensor '{name}' is missing");

    private void ReadHeader()
    {
        long length = handle is null ? content.Length : RandomAccess.GetLength(handle);
        if (length < 8) throw Damaged("it is shorter than its header");
        Span<byte> prefix = stackalloc byte[8];
        ReadAt(0, prefix);
        ulong header = BitConverter.ToUInt64(prefix);
        if (header > MaximumHeader || header > (ulong)(length - 8)) throw Damaged("it is not a safetensors file, or it is cut short");
        var json = new byte[header];
        ReadAt(8, json);
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.Name == MetadataKey) ReadMetadata(property.Value);
            else ReadEntry(property, dataStart: 8 + (long)header, length);
        }
        // As the format has it: no byte belongs to no tensor.
        long rest = length - 8 - (long)header - tensors.Values.Sum(entry => entry.ByteCount);
        if (rest != 0) throw Damaged($"its tensors take {Math.Abs(rest)} bytes {(rest > 0 ? "fewer" : "more")} than are there");
    }

    private void ReadMetadata(JsonElement element)
    {
        foreach (JsonProperty property in element.EnumerateObject()) metadata[property.Name] = property.Value.GetString() ?? "";
    }

    private void ReadEntry(JsonProperty property, long dataStart, long length)
    {
        string typeName = property.Value.GetProperty("dtype").GetString() ?? "";
        if (!TypeNames.TryGetValue(typeName, out ElementType type))
            throw Damaged($"tensor '{property.Name}' has the unknown type '{typeName}'");
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        if (shape.Any(size => size < 0)) throw Damaged($"tensor '{property.Name}' has a negative size");
        JsonElement range = property.Value.GetProperty("data_offsets");
        if (range.GetArrayLength() != 2) throw Damaged($"tensor '{property.Name}' has no start and end");
        long start = range[0].GetInt64(), end = range[1].GetInt64();
        var entry = new TensorEntry(property.Name, type, shape);
        if (entry.Count > Array.MaxLength / sizeof(float)) throw Damaged($"tensor '{property.Name}' is larger than 2 GB");
        if (start < 0 || end < start || end > length - dataStart || end - start != entry.ByteCount)
            throw Damaged($"tensor '{property.Name}' lies outside the file, or its size does not fit its shape");
        if (!tensors.TryAdd(property.Name, entry)) throw Damaged($"tensor '{property.Name}' is listed twice");
        offsets[property.Name] = dataStart + start;
    }

    private void ReadAt(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int read = ReadSome(offset, destination);
            if (read == 0) throw Damaged("it ends too early");
            destination = destination[read..];
            offset += read;
        }
    }

    private int ReadSome(long offset, Span<byte> destination)
    {
        if (handle is null)
        {
            ReadOnlySpan<byte> rest = content.AsSpan((int)Math.Min(offset, content.Length));
            rest = rest[..Math.Min(rest.Length, destination.Length)];
            rest.CopyTo(destination);
            return rest.Length;
        }
        try
        {
            return RandomAccess.Read(handle, destination, offset);
        }
        catch (IOException e)
        {
            throw Damaged(AtomicFile.Reason(e), e);
        }
    }

    private PromptADException Damaged(string what, Exception? inner = null) =>
        new(
            Problem.Damaged,
            $"Cannot read {name} as safetensors: {Printable.Line(what, longest: 300)}. Make or copy the file again.", inner!);

    /// <summary>The name the format gives an element type.</summary>
    internal static string NameOf(ElementType type) => TypeNames.First(pair => pair.Value == type).Key;
}
