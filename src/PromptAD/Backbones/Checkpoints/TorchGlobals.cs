using PromptAD.Files;

namespace PromptAD.Backbones;

/// <summary>A name that a pickle may ask for, and what is made when the pickle calls it.</summary>
/// <param name="Make">From the arguments to the value.</param>
/// <param name="Storage">The element type, if the name is a storage's type.</param>
internal sealed record PickleGlobal(Func<object?[], object?> Make, ElementType? Storage = null);

/// <summary>The only names that a pickle of weights may ask for. Everything else is refused, so nothing of a pickle is ever run.</summary>
internal static class TorchGlobals
{
    /// <summary>Stands for a value that weights may carry and nobody needs, such as a device.</summary>
    public static readonly object Inert = new();

    private static readonly Dictionary<string, PickleGlobal> Allowed = new()
    {
        ["collections.OrderedDict"] = new(arguments => arguments is [] ? new PickleDictionary() : throw Broken()),
        ["torch._utils._rebuild_tensor"] = new(Tensor),
        ["torch._utils._rebuild_tensor_v2"] = new(Tensor),
        ["torch._utils._rebuild_parameter"] = new(Parameter),
        ["torch._utils._rebuild_parameter_with_state"] = new(Parameter),
        ["torch.Size"] = new(arguments => arguments is [var size] ? size : throw Broken()),
        ["torch.device"] = new(_ => Inert),
        ["argparse.Namespace"] = new(_ => Inert), // a training script's options, kept beside its weights
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

    private static readonly PickleGlobal NotCalled = new(_ => throw Broken());
    private static readonly HashSet<string> ElementTypes = // of torch
        ["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"];

    /// <summary>Finds a name that is allowed.</summary>
    /// <exception cref="NotSupportedException">It is not.</exception>
    public static PickleGlobal Find(string module, string name)
    {
        if (Allowed.TryGetValue($"{module}.{name}", out PickleGlobal? global)) return global;
        if (module == "torch" && ElementTypes.Contains(name)) return NotCalled;
        string asked = $"{module}.{name}";
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

    private static PickleGlobal OfStorage(ElementType type) => new(_ => throw Broken(), type);

    private static TorchView Tensor(object?[] arguments) =>
        arguments is [TorchStorage storage, long offset, object?[] size, object?[] stride, ..]
            ? new TorchView(storage, offset, Numbers(size), Numbers(stride))
            : throw Broken();

    private static TorchView Parameter(object?[] arguments) => arguments is [TorchView view, ..] ? view : throw Broken();

    private static long[] Numbers(object?[] values) => values.Length <= TorchView.MaximumRank
        ? [.. values.Select(value => value is long number ? number : throw Broken())]
        : throw Broken();

    private static InvalidDataException Broken() => new("its pickle is damaged");
}
