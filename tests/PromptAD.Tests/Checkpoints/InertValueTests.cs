using PromptAD.Checkpoints;

namespace PromptAD.Tests.Checkpoints;

/// <summary>What training scripts keep beside their weights is passed over, whatever it is, and the weights are read.</summary>
public sealed class InertValueTests : TemporaryFolder
{
    private static readonly (string, byte[], int) Storage = ("a", TorchFiles.Floats(4), 4);

    private static readonly Dictionary<string, Func<PickleWriter, PickleWriter>> Values = new()
    {
        ["NumPy scalar"] = pickle => Scalar(pickle, "numpy.core.multiarray"),
        ["NumPy 2 scalar"] = pickle => Scalar(pickle, "numpy._core.multiarray"),
        ["NumPy array"] = pickle => DataType(
            pickle.Global("numpy.core.multiarray", "_reconstruct").Op('(').Global("numpy", "ndarray").Op('(').Number(0).Op('t').Text("b")
                .Op('t').Op('R').Op('(').Number(1).Op('(').Number(2).Op('t')).Bytes(0x89).Bytes((byte)'C', 2, 1, 2).Op('t').Op('b'),
        ["date"] = pickle => Latin(pickle.Global("datetime", "datetime").Op('('), "\u0007\u00e8").Op('t').Op('R'),
        ["path"] = pickle => pickle.Global("pathlib", "PosixPath").Op('(').Text("/").Text("data").Op('t').Op('R'),
        ["path of Windows"] = pickle => pickle.Global("pathlib", "PureWindowsPath").Op('(').Text("C:\\").Op('t').Op('R'),
        ["path of Python 3.13"] = pickle => pickle.Text("pathlib._local").Text("PurePosixPath").Bytes(0x93).Text("x").Bytes(0x85).Op('R'),
        ["dictionary with a default"] = pickle => pickle
            .Global("collections", "defaultdict").Global("builtins", "int").Bytes(0x85).Op('R').Text("k").Number(1).Op('s'),
        ["dictionary of Python 2"] = pickle => pickle
            .Global("collections", "OrderedDict").Op(']').Op(']').Op('(').Text("k").Number(1).Op('e').Op('a').Bytes(0x85).Op('R'),
        ["options"] = pickle => pickle.Global("argparse", "Namespace").Op(')').Bytes(0x81).Op('}').Text("lr").Number(1).Op('s').Op('b'),
        ["options in protocol 1"] = pickle => pickle.Global("copy_reg", "_reconstructor").Op('(').Global("argparse", "Namespace")
            .Global("__builtin__", "object").Op('N').Op('t').Op('R').Op('}').Op('b'),
        ["class of the script"] = pickle => pickle.Global("__main__", "Config").Op(')').Bytes(0x81).Op('}').Op('b'),
        ["function with arguments"] = pickle => pickle.Global("functools", "partial")
            .Global("torch.nn.functional", "gelu").Bytes(0x85).Op('R')
            .Op('(').Global("torch.nn.functional", "gelu").Op(')').Op('}').Op('N').Op('t').Op('b'),
        ["method"] = pickle => pickle.Global("builtins", "getattr").Op('(').Global("script", "Trainer").Text("step").Op('t').Op('R'),
        ["value made by a method"] = pickle => pickle
            .Global("builtins", "getattr").Op('(').Global("script", "Kind").Text("one").Op('t').Op('R').Op(')').Op('R'),
        ["named arguments"] = pickle => pickle.Global("script", "Schedule").Op(')').Op('}').Text("gamma").Number(1).Op('s').Bytes(0x92),
        ["queue"] = pickle => pickle.Global("collections", "deque").Op(')').Op('R').Op('(').Number(1).Number(2).Op('e').Number(3).Op('a'),
        ["class that is a dictionary"] = pickle => pickle
            .Global("easydict", "EasyDict").Op(')').Bytes(0x81).Op('(').Text("k").Number(1).Op('u').Text("l").Number(2).Op('s'),
        ["class that is a set"] = pickle => pickle.Global("script", "Tags").Op(')').Bytes(0x81).Op('(').Text("k").Bytes(0x90),
        ["device"] = pickle => pickle.Global("torch", "device").Text("cuda").Bytes(0x85).Op('R'),
        ["element type"] = pickle => pickle.Global("torch", "bfloat16"),
        ["sparse tensor"] = pickle => pickle.Global("torch._utils", "_rebuild_sparse_tensor").Op('(')
            .Global("torch.serialization", "_get_layout").Text("torch.sparse_coo").Bytes(0x85).Op('R')
            .Tensor("FloatStorage", "a", 4, 0, [2], [1]).Op('t').Op('R'),
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string container in TorchFiles.Containers)
            {
                foreach (string value in Values.Keys) cases.Add(container, value);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Are_passed_over_beside_the_weights_and_among_them(string container, string value)
    {
        Func<PickleWriter, PickleWriter> write = Values[value];
        PickleWriter pickle = new PickleWriter().Op('}').Text("beside");
        pickle = write(pickle).Op('s').Text("state_dict").Op('}').Text("among");
        pickle = write(pickle).Op('s').Text("w").Tensor("FloatStorage", "a", 4, 1, [2], [1]).Op('s').Op('s');
        using Checkpoint checkpoint = Open(container, pickle);
        Assert.Equal(["w"], checkpoint.Tensors.Keys);
        var values = new float[2];
        checkpoint.Read("w", values);
        Assert.Equal([1, 2], values);
    }

    [Theory]
    [InlineData("torch.nn.parameter", "Parameter")]
    [InlineData("torch._utils", "_rebuild_parameter")]
    public void Parameters_are_tensors(string module, string name)
    {
        PickleWriter pickle = new PickleWriter().Op('}').Text("w")
            .Global(module, name).Op('(').Tensor("FloatStorage", "a", 4, 1, [2], [1]).True().Op('t').Op('R').Op('s');
        using Checkpoint checkpoint = Open(TorchFiles.Zip, pickle);
        Assert.Equal([2], checkpoint.Tensors["w"].Shape);
    }

    [Fact]
    public void A_tensor_with_attributes_is_a_tensor()
    {
        PickleWriter pickle = new PickleWriter().Op('}').Text("w").Global("torch._tensor", "_rebuild_from_type_v2").Op('(')
            .Global("torch._utils", "_rebuild_parameter").Global("script", "Weight")
            .Op('(').Tensor("FloatStorage", "a", 4, 1, [2], [1]).True().Op('N').Op('t')
            .Op('}').Op('t').Op('R').Op('s');
        using Checkpoint checkpoint = Open(TorchFiles.Zip, pickle);
        Assert.Equal([2], checkpoint.Tensors["w"].Shape);
    }

    [Fact]
    public void Tensors_within_tensors_without_end_are_refused()
    {
        PickleWriter pickle = new PickleWriter().Op('}').Text("w");
        const int Depth = 100_000;
        (string, string) subclass = ("torch._tensor", "_rebuild_from_type_v2");
        for (int i = 0; i < Depth; i++) pickle.Global(subclass.Item1, subclass.Item2).Global(subclass.Item1, subclass.Item2).Op('N');
        pickle.Op(')');
        for (int i = 0; i < Depth; i++) pickle.Bytes(0x87).Op('R');
        Assert.Contains("its pickle is damaged", Refused(TorchFiles.Zip, pickle.Op('s')));
    }

    [Fact]
    public void Numbers_that_no_weights_have_are_passed_over_where_their_length_does_not_matter()
    {
        PickleWriter pickle = new PickleWriter().Op('}')
            .Text("angles").Tensor("ComplexFloatStorage", "c", 2, 0, [2], [1]).Op('s')
            .Text("w").Tensor("FloatStorage", "a", 4, 1, [2], [1]).Op('s');
        using Checkpoint checkpoint = Open(TorchFiles.Zip, pickle, ("c", new byte[16], 8));
        Assert.Equal(["w"], checkpoint.Tensors.Keys);
        Assert.Contains("numbers of a type that weights do not have", Refused(TorchFiles.Legacy, pickle, ("c", new byte[16], 8)));
    }

    private static PickleWriter Scalar(PickleWriter pickle, string module) =>
        Latin(DataType(pickle.Global(module, "scalar").Op('(')), "\u0000\u00f0?").Op('t').Op('R');

    // As NumPy writes one: its constructor, and a state.
    private static PickleWriter DataType(PickleWriter pickle) => pickle
        .Global("numpy", "dtype").Op('(').Text("f8").Bytes(0x89).True().Op('t').Op('R')
        .Op('(').Number(3).Text("<").Op('N').Op('N').Op('N').Number(-1).Number(-1).Number(0).Op('t').Op('b');

    // Protocol 2 has no bytes; Python writes them as text that is to be encoded.
    private static PickleWriter Latin(PickleWriter pickle, string bytes) =>
        pickle.Global("_codecs", "encode").Op('(').Text(bytes).Text("latin1").Op('t').Op('R');

    private Checkpoint Open(string container, PickleWriter pickle, params (string, byte[], int)[] further)
    {
        string path = InFolder($"{Guid.NewGuid():N}.pt");
        File.WriteAllBytes(path, TorchFiles.Write(container, pickle.ToArray(), [Storage, .. further]));
        return Checkpoint.Open(path);
    }

    private string Refused(string container, PickleWriter pickle, params (string, byte[], int)[] further)
    {
        string message = Assert.Throws<PromptADException>(() => Open(container, pickle, further).Dispose()).Message;
        Assert.DoesNotContain(message, char.IsControl);
        return message;
    }
}
