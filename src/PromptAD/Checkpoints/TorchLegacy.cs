using System.Buffers.Binary;
using System.Numerics;
using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>
/// What torch.save wrote before version 1.6: pickles of a magic number, a protocol number, the machine, the object and the storages' keys,
/// then for each storage the number of its elements and their bytes.
/// </summary>
internal sealed class TorchLegacy : TorchContainer
{
    private const long Protocol = 1001;
    private static readonly BigInteger Magic = new(MagicBytes);

    private readonly Stream stream;
    private readonly Dictionary<string, (long Offset, long Length)> storages = [];

    public TorchLegacy(Stream stream)
    {
        this.stream = stream;
        var pickles = new PickleReader(stream);
        if (pickles.Read() is not BigInteger magic || magic != Magic || pickles.Read() is not Protocol)
            throw new NotSupportedException("its format is not the one PyTorch used before version 1.6");
        if (pickles.Read() is not PickleDictionary machine || machine["little_endian"] is not true)
            throw new NotSupportedException("it was written by a big-endian machine");
        Root = pickles.Read();
        if (pickles.Read() is not List<object?> keys) throw new InvalidDataException("its list of storages is damaged");
        foreach (object? key in keys) Locate(key as string ?? "", pickles);
    }

    /// <summary>The number 0x1950a86a20f9469cfc6c that the first pickle holds.</summary>
    public static ReadOnlySpan<byte> MagicBytes => [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    public override object? Root { get; }

    public override long LengthOf(string storage) => storages.TryGetValue(storage, out var place) ? place.Length : -1;

    public override void Read(string storage, long offset, Span<byte> destination)
    {
        stream.Position = storages[storage].Offset + offset;
        stream.ReadExactly(destination);
    }

    public override void Dispose() => stream.Dispose();

    private void Locate(string key, PickleReader pickles)
    {
        // How long its elements are is not known, so nothing behind them can be found.
        if (pickles.ForeignStorages.Contains(key))
            throw new NotSupportedException("it holds numbers of a type that weights do not have");
        Span<byte> count = stackalloc byte[sizeof(long)];
        stream.ReadExactly(count);
        long elements = BinaryPrimitives.ReadInt64LittleEndian(count);
        if (!pickles.Storages.TryGetValue(key, out TorchStorage? storage))
            throw new InvalidDataException("its list of storages is damaged");
        long left = stream.Length - stream.Position;
        if (elements < 0 || elements > left / storage.Type.Size()) throw new InvalidDataException("it ends too early");
        long length = elements * storage.Type.Size();
        if (!storages.TryAdd(key, (stream.Position, length))) throw new InvalidDataException("it lists a storage twice");
        stream.Position += length;
    }
}
