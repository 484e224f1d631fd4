using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>A name that a pickle may ask for, and what is made when the pickle calls it.</summary>
/// <param name="Make">From the arguments to the value.</param>
/// <param name="Storage">The element type, if the name is a storage's type.</param>
internal sealed record PickleGlobal(Func<object?[], object?> Make, ElementType? Storage = null);

/// <summary>
/// The names that make something when a pickle asks for them: tensors and dictionaries. All others stay inert, so nothing of a pickle is
/// ever run.
/// </summary>
internal static class TorchGlobals
{
    private static readonly PickleGlobal OfTensor = new(Tensor), OfParameter = new(Parameter);
    private static readonly Dictionary<string, PickleGlobal> Known = new()
    {
        ["collections.OrderedDict"] = new(Dictionary),
        ["collections.defaultdict"] = new(_ => new PickleDictionary()), // what it makes of missing keys is never asked
        ["builtins.dict"] = new(Dictionary),
        ["__builtin__.dict"] = new(Dictionary),
        ["torch._utils._rebuild_tensor"] = OfTensor,
        ["torch._utils._rebuild_tensor_v2"] = OfTensor,
        ["torch._utils._rebuild_parameter"] = OfParameter,
        ["torch._utils._rebuild_parameter_with_state"] = OfParameter,
        ["torch._tensor._rebuild_from_type_v2"] = new(OfSubclass),
        ["torch.nn.parameter.Parameter"] = OfParameter,
        ["torch.Size"] = new(arguments => arguments is [var size] ? size : throw Broken()),
        ["torch.FloatStorage"] = OfStorage(ElementType.Float32),
        ["torch.DoubleStorage"] = OfStorage(ElementType.Float64),
        ["torch.HalfStorage"] = OfStorage(ElementType.Float16),
        ["torch.BFloat16Storage"] = OfStorage(ElementType.BFloat16),
        ["torch.LongStorage"] = OfStorage(ElementType.Int64),
        ["torch.IntStorage"] = OfStorage(ElementType.Int32),
        ["torch.ShortStorage"] = OfStorage(ElementType.Int16),
        ["torch.CharStorage"] = OfStorage(ElementType.Int8),
        ["torch.ByteStorage"] = OfStorage(ElementType.UInt8),
        ["torch.BoolStorage"] = OfStorage(ElementType.Bool),
    };

    /// <summary>A <see cref="PickleGlobal"/>, or a <see cref="PickleInert"/> for a name that weights do not need.</summary>
    /// <exception cref="NotSupportedException">Only an attack asks for it.</exception>
    public static object Find(string module, string name)
    {
        string asked = $"{module}.{name}";
        if (Known.TryGetValue(asked, out PickleGlobal? global)) return global;
        if (!PickleAlarm.IsRaisedBy(module, name)) return new PickleInert(asked);
        throw new NotSupportedException($"it asks for '{Printable.Line(asked)}', which is not allowed in weights; nothing was run");
    }

    /// <summary>The storage that a pickle names: ("storage", type, key, device, elements[, part: (key, start, elements)]).</summary>
    public static TorchStorage Storage(object?[] id)
    {
        if (id is not ["storage", PickleGlobal { Storage: { } type }, string key, _, long count, ..] || count < 0) throw Broken();
        if (id is [_, _, _, _, _] or [_, _, _, _, _, null]) return new TorchStorage(key, type, 0, count);
        if (id is not [_, _, _, _, _, object?[] range] || range is not [_, long start, long part]) throw Broken();
        if (start < 0 || part < 0 || start > count - part) throw Broken();
        return new TorchStorage(key, type, start, part);
    }

    /// <summary>The key and the type of a storage whose elements cannot be read, such as complex numbers; null for all others.</summary>
    public static (string Key, PickleInert Type)? ForeignStorage(object?[] id) =>
        id is ["storage", PickleInert type, string key, ..] ? (key, type) : null;

    private static PickleGlobal OfStorage(ElementType type) => new(_ => throw Broken(), type);

    // Python 2 gives an ordered dictionary its items as a list of pairs.
    private static PickleDictionary Dictionary(object?[] arguments)
    {
        var dictionary = new PickleDictionary();
        if (arguments is []) return dictionary;
        if (arguments is [PickleDictionary other]) return other;
        if (arguments is not [List<object?> pairs]) throw Broken();
        foreach (object? pair in pairs)
        {
            if (pair is object?[] and [var key, var value]) dictionary.Add(key, value);
            else if (pair is List<object?> and [var first, var second]) dictionary.Add(first, second);
            else throw Broken();
        }
        return dictionary;
    }

    private static object Tensor(object?[] arguments) => arguments switch
    {
        [TorchStorage storage, long offset, object?[] size, object?[] stride, ..] =>
            new TorchView(storage, offset, Numbers(size), Numbers(stride)),
        [PickleInert foreign, ..] => foreign,
        _ => throw Broken(),
    };

    private static object Parameter(object?[] arguments) => arguments switch
    {
        [TorchView view, ..] => view,
        [PickleInert foreign, ..] => foreign,
        _ => throw Broken(),
    };

    // (function, subclass, arguments, attributes); a subclass within a subclass could go on without end
    private static object? OfSubclass(object?[] arguments) => arguments switch
    {
        [PickleGlobal function, _, object?[] own, ..] when function == OfTensor || function == OfParameter => function.Make(own),
        [PickleInert foreign, ..] => foreign,
        _ => throw Broken(),
    };

    private static long[] Numbers(object?[] values) => values.Length <= TorchView.MaximumRank
        ? [.. values.Select(value => value is long number ? number : throw Broken())]
        : throw Broken();

    private static InvalidDataException Broken() => new("its pickle is damaged");
}
