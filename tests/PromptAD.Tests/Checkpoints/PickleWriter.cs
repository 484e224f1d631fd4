using System.Buffers.Binary;
using System.Text;

namespace PromptAD.Tests.Checkpoints;

/// <summary>Writes the pickles that torch.save would, and those that it never would, one operation at a time.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> bytes = [];

    public PickleWriter() => Bytes(0x80, 2);

    public PickleWriter Bytes(params ReadOnlySpan<byte> operations)
    {
        bytes.AddRange(operations);
        return this;
    }

    public PickleWriter Op(char operation) => Bytes((byte)operation);

    public PickleWriter Global(string module, string name) => Bytes(Encoding.UTF8.GetBytes($"c{module}\n{name}\n"));

    public PickleWriter Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return Op('X').Int32(utf8.Length).Bytes(utf8);
    }

    public PickleWriter Number(long value)
    {
        Span<byte> little = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(little, value);
        return Bytes(0x8A, 8).Bytes(little);
    }

    public PickleWriter Numbers(params ReadOnlySpan<long> values)
    {
        Op('(');
        foreach (long value in values) Number(value);
        return Op('t');
    }

    public PickleWriter True() => Bytes(0x88);

    /// <summary>A call of _rebuild_tensor_v2; <paramref name="part"/> is the older container's view of a storage.</summary>
    public PickleWriter Tensor(string type, string key, long elements, long offset, long[] shape, long[] strides, long[]? part = null)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Number(elements);
        if (part is not null) Op('(').Text("view").Number(part[0]).Number(part[1]).Op('t');
        Op('t').Op('Q').Number(offset).Numbers(shape).Numbers(strides);
        return Bytes(0x89).Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');
    }

    public byte[] ToArray() => [.. bytes, (byte)'.'];

    private PickleWriter Int32(int value)
    {
        Span<byte> little = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(little, value);
        return Bytes(little);
    }
}
