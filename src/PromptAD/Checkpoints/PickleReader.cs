using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace PromptAD.Checkpoints;

/// <summary>
/// Reads a pickle as data. A pickle is a program for a small stack machine; this machine knows only the operations that weights need and
/// the names in <see cref="TorchGlobals"/>, which make tensors and dictionaries. It imports nothing: what other names make stays an inert
/// value, and names that only an attack needs are refused.
/// </summary>
/// <remarks>
/// Values are null, bool, long, <see cref="BigInteger"/>, double, string, byte[], object?[] (a tuple), List (a list or set),
/// <see cref="PickleDictionary"/>, <see cref="PickleGlobal"/>, <see cref="TorchStorage"/>, <see cref="TorchView"/> and
/// <see cref="PickleInert"/>. Throws InvalidDataException for damage and NotSupportedException for what is refused.
/// </remarks>
internal sealed class PickleReader(Stream stream)
{
    /// <summary>The largest pickle that is read; those of weights are well under a megabyte.</summary>
    public const int MaximumBytes = 64 << 20;

    private const int MaximumOperations = 2_000_000, MaximumNumber = 64, MaximumLine = 256;

    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = []; // heights of the stack
    private readonly Dictionary<uint, object?> memo = [];
    private readonly Dictionary<string, TorchStorage> storages = [];
    private readonly HashSet<string> foreignStorages = [];
    private long end;

    /// <summary>The storages that were named so far, by key.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => storages;

    /// <summary>The keys of those whose elements are of a type that no weights have.</summary>
    public IReadOnlySet<string> ForeignStorages => foreignStorages;

    /// <summary>Reads one pickle and leaves the stream behind it.</summary>
    public object? Read()
    {
        stack.Clear();
        marks.Clear();
        memo.Clear();
        end = Math.Min(stream.Length, stream.Position + MaximumBytes);
        for (int i = 0; i < MaximumOperations; i++)
        {
            var operation = (PickleOperation)ReadByte();
            if (operation == PickleOperation.Stop) return Pop();
            if (TryLiteral(operation) || TryCollection(operation) || TryObject(operation)) continue;
            string asked = $"pickle operation 0x{(byte)operation:X2}";
            throw new NotSupportedException($"it uses {asked}, which is not allowed in weights; nothing was run");
        }
        throw new NotSupportedException($"its pickle has more than {MaximumOperations} operations, far more than weights need");
    }

    private bool TryLiteral(PickleOperation operation)
    {
        switch (operation)
        {
            case PickleOperation.Protocol: ReadByte(); return true;
            case PickleOperation.Frame: ReadSpan(8); return true;
            case PickleOperation.None: return Push(null);
            case PickleOperation.True: return Push(true);
            case PickleOperation.False: return Push(false);
            case PickleOperation.Int32: return Push((long)BinaryPrimitives.ReadInt32LittleEndian(ReadSpan(4)));
            case PickleOperation.UInt8: return Push((long)ReadByte());
            case PickleOperation.UInt16: return Push((long)BinaryPrimitives.ReadUInt16LittleEndian(ReadSpan(2)));
            case PickleOperation.Long1: return PushNumber(ReadByte());
            case PickleOperation.Long4: return PushNumber(ReadLength(4));
            case PickleOperation.Float64: return Push(BinaryPrimitives.ReadDoubleBigEndian(ReadSpan(8)));
            case PickleOperation.String1: return Push(Encoding.Latin1.GetString(ReadSpan(ReadByte())));
            case PickleOperation.String4: return Push(Encoding.Latin1.GetString(ReadSpan(ReadLength(4))));
            case PickleOperation.Unicode1: return Push(Encoding.UTF8.GetString(ReadSpan(ReadByte())));
            case PickleOperation.Unicode4: return Push(Encoding.UTF8.GetString(ReadSpan(ReadLength(4))));
            case PickleOperation.Unicode8: return Push(Encoding.UTF8.GetString(ReadSpan(ReadLength(8))));
            case PickleOperation.Bytes1: return Push(ReadSpan(ReadByte()));
            case PickleOperation.Bytes4: return Push(ReadSpan(ReadLength(4)));
            case PickleOperation.Bytes8 or PickleOperation.ByteArray8: return Push(ReadSpan(ReadLength(8)));
            default: return false;
        }
    }

    private bool TryCollection(PickleOperation operation)
    {
        switch (operation)
        {
            case PickleOperation.Mark: marks.Push(stack.Count); return true;
            case PickleOperation.Pop when AtMark: marks.Pop(); return true;
            case PickleOperation.Pop: Pop(); return true;
            case PickleOperation.PopMark: PopToMark(); return true;
            case PickleOperation.Duplicate: return Push(Peek());
            case PickleOperation.EmptyTuple: return Push(Array.Empty<object?>());
            case PickleOperation.Tuple1: return Push(new[] { Pop() });
            case PickleOperation.Tuple2: return Push(PopMany(2));
            case PickleOperation.Tuple3: return Push(PopMany(3));
            case PickleOperation.Tuple: return Push(PopToMark());
            case PickleOperation.EmptyList or PickleOperation.EmptySet: return Push(new List<object?>());
            case PickleOperation.List or PickleOperation.FrozenSet: return Push(PopToMark().ToList());
            case PickleOperation.Append: return Extend([Pop()]);
            case PickleOperation.Appends or PickleOperation.AddItems: return Extend(PopToMark());
            case PickleOperation.EmptyDictionary: return Push(new PickleDictionary());
            case PickleOperation.Dictionary:
                object?[] items = PopToMark();
                Push(new PickleDictionary());
                return SetItems(items);
            case PickleOperation.SetItem: return SetItems(PopMany(2));
            case PickleOperation.SetItems: return SetItems(PopToMark());
            default: return false;
        }
    }

    private bool TryObject(PickleOperation operation)
    {
        switch (operation)
        {
            case PickleOperation.Global: return Push(TorchGlobals.Find(ReadLine(), ReadLine()));
            case PickleOperation.StackGlobal:
                string name = Pop<string>();
                return Push(TorchGlobals.Find(Pop<string>(), name));
            case PickleOperation.Reduce or PickleOperation.New:
                object?[] arguments = Pop<object?[]>();
                return Push(Call(Pop(), arguments));
            case PickleOperation.NewWithNames: // an object of a class that weights do not need
                Pop();
                Pop();
                return Push(new PickleInert(Pop<PickleInert>().Name));
            case PickleOperation.Build: // attributes of an object; of tensors and dictionaries nothing that weights need
                object? state = Pop();
                if (Peek() is PickleInert model) model.State = state;
                return true;
            case PickleOperation.PersistentId: return PushStorage(Pop<object?[]>());
            case PickleOperation.Get1: return Push(Recall(ReadByte()));
            case PickleOperation.Get4: return Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(ReadSpan(4))));
            case PickleOperation.Put1: memo[ReadByte()] = Peek(); return true;
            case PickleOperation.Put4: memo[BinaryPrimitives.ReadUInt32LittleEndian(ReadSpan(4))] = Peek(); return true;
            case PickleOperation.Memoize: memo[(uint)memo.Count] = Peek(); return true;
            default: return false;
        }
    }

    private static object? Call(object? callable, object?[] arguments) => callable switch
    {
        PickleGlobal global => global.Make(arguments),
        PickleInert inert => new PickleInert(inert.Name),
        _ => throw Broken(),
    };

    private bool PushStorage(object?[] id)
    {
        // Before version 1.6 a class came with its source, which nobody reads here.
        if (id is ["module", PickleInert model, ..]) return Push(model);
        if (TorchGlobals.ForeignStorage(id) is var (foreign, type))
        {
            foreignStorages.Add(foreign);
            return Push(type);
        }
        TorchStorage storage = TorchGlobals.Storage(id);
        if (storages.TryGetValue(storage.Key, out TorchStorage? known) && known.Type != storage.Type)
            throw new InvalidDataException("its pickle gives a storage two types");
        storages[storage.Key] = storage;
        return Push(storage);
    }

    private object? Recall(uint key) => memo.TryGetValue(key, out object? value) ? value : throw Broken();

    private bool Extend(object?[] values)
    {
        if (Peek() is not PickleInert) Peek<List<object?>>().AddRange(values);
        return true;
    }

    private bool SetItems(object?[] items)
    {
        if (items.Length % 2 != 0) throw Broken();
        if (Peek() is PickleInert) return true;
        PickleDictionary dictionary = Peek<PickleDictionary>();
        for (int i = 0; i < items.Length; i += 2) dictionary.Add(items[i], items[i + 1]);
        return true;
    }

    private bool AtMark => marks.TryPeek(out int mark) && mark == stack.Count;

    private bool Push(object? value)
    {
        stack.Add(value);
        return true;
    }

    private object? Pop()
    {
        object? value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private T Pop<T>() => Pop() is T value ? value : throw Broken();

    private object? Peek() => stack.Count > 0 && !AtMark ? stack[^1] : throw Broken();

    private T Peek<T>() => Peek() is T value ? value : throw Broken();

    private object?[] PopMany(int count)
    {
        int start = stack.Count - count;
        if (start < (marks.TryPeek(out int mark) ? mark : 0)) throw Broken();
        object?[] values = [.. stack.GetRange(start, count)];
        stack.RemoveRange(start, count);
        return values;
    }

    private object?[] PopToMark()
    {
        if (!marks.TryPop(out int mark)) throw Broken();
        return PopMany(stack.Count - mark);
    }

    private byte ReadByte()
    {
        CheckLeft(1);
        return (byte)stream.ReadByte();
    }

    private byte[] ReadSpan(long length)
    {
        CheckLeft(length);
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private long ReadLength(int bytes) => bytes == 4
        ? BinaryPrimitives.ReadInt32LittleEndian(ReadSpan(4))
        : BinaryPrimitives.ReadInt64LittleEndian(ReadSpan(8));

    private bool PushNumber(long length)
    {
        if (length > MaximumNumber) throw Broken();
        var number = new BigInteger(ReadSpan(length));
        return number >= long.MinValue && number <= long.MaxValue ? Push((long)number) : Push(number);
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        for (byte next; (next = ReadByte()) != '\n'; line.Append((char)next))
        {
            if (line.Length == MaximumLine) throw Broken();
        }
        return line.ToString();
    }

    private void CheckLeft(long length)
    {
        if (length < 0) throw Broken();
        if (length <= end - stream.Position) return;
        throw end == stream.Length
            ? new InvalidDataException("it ends too early")
            : new NotSupportedException($"its pickle is larger than {MaximumBytes >> 20} MB, far more than weights need");
    }

    private static InvalidDataException Broken() => new("its pickle is damaged");
}
