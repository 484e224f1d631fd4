using System.IO.Compression;
using PromptAD.Checkpoints;

namespace PromptAD.Tests.Checkpoints;

/// <summary>Weights are found wherever a file of torch.save holds them.</summary>
public sealed class TorchWeightsTests : TemporaryFolder
{
    [Theory]
    [InlineData("ema")]
    [InlineData("state_dict", "model")]
    [InlineData("model", "state_dict")]
    [InlineData("ema", "module")]
    [InlineData("student_weights")]
    [InlineData("run", "best", "weights of step 3")]
    public void Weights_are_found_where_they_lie(params string[] keys)
    {
        PickleWriter pickle = new PickleWriter().Op('}').Text("epoch").Tensor("FloatStorage", "a", 4, 0, [], []).Op('s')
            .Text("optimizer").Op('}').Text("state").Op('}').Number(0).Op('}')
            .Text("exp_avg").Tensor("FloatStorage", "a", 4, 0, [2], [1]).Op('s').Op('s').Op('s').Op('s');
        foreach (string key in keys) pickle.Text(key).Op('}');
        foreach (string name in (string[])["one", "two"]) pickle.Text(name).Tensor("FloatStorage", "a", 4, 0, [2], [1]).Op('s');
        foreach (string _ in keys) pickle.Op('s');
        using Checkpoint checkpoint = Open(TorchFiles.Zip, pickle);
        Assert.Equal(["one", "two"], checkpoint.Tensors.Keys);
    }

    [Fact]
    public void The_weights_themselves_come_before_their_average()
    {
        PickleWriter pickle = new PickleWriter().Op('}')
            .Text("ema").Op('}').Text("average").Tensor("FloatStorage", "a", 4, 0, [2], [1]).Op('s').Op('s')
            .Text("model").Op('}').Text("w").Tensor("FloatStorage", "a", 4, 0, [2], [1]).Op('s').Op('s');
        using Checkpoint checkpoint = Open(TorchFiles.Zip, pickle);
        Assert.Equal(["w"], checkpoint.Tensors.Keys);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dictionaries_that_hold_each_other_end()
    {
        PickleWriter pickle = new PickleWriter().Op('}').Bytes((byte)'q', 0).Op('(');
        for (int i = 0; i < 50_000; i++) pickle.Number(i).Bytes((byte)'h', 0);
        foreach (string key in (string[])["state_dict", "model", "module", "ema"]) pickle.Text(key).Bytes((byte)'h', 0);
        string message = await Task.Run(() => Refused(TorchFiles.Zip, pickle.Op('u')), TestContext.Current.CancellationToken)
            .WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("it holds no tensors", message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_whole_model_gives_its_parameters_and_buffers(bool alone)
    {
        PickleWriter pickle = new PickleWriter();
        if (!alone) pickle.Op('}').Text("model");
        Begin(pickle, "open_clip.model", "CLIP").Text("training").True().Op('s')
            .Text("note").Tensor("FloatStorage", "a", 4, 0, [1], [1]).Op('s') // no parameter, only a value that somebody set
            .Text("_parameters").Op('}')
            .Text("scale").Tensor("FloatStorage", "a", 4, 3, [], []).Op('s').Text("bias").Op('N').Op('s').Op('s')
            .Text("_buffers").Global("collections", "OrderedDict").Op(')').Op('R')
            .Text("mask").Tensor("FloatStorage", "a", 4, 0, [2], [1]).Op('s').Op('s')
            .Text("_modules").Op('}').Text("visual");
        End(Begin(pickle, "torch.nn.modules.linear", "Linear").Text("_parameters").Op('}')
            .Text("weight").Tensor("FloatStorage", "a", 4, 1, [2], [1]).Op('s').Op('s').Text("_modules").Op('}').Op('s')).Op('s').Op('s');
        End(pickle);
        if (!alone) pickle.Op('s');
        using Checkpoint checkpoint = Open(TorchFiles.Zip, pickle);
        Assert.Equal(["scale", "mask", "visual.weight"], checkpoint.Tensors.Keys);
        var values = new float[2];
        checkpoint.Read("visual.weight", values);
        Assert.Equal([1, 2], values);
    }

    [Fact]
    public void A_whole_model_of_before_has_its_source_beside_it()
    {
        PickleWriter pickle = new PickleWriter().Op('(').Text("module").Global("m", "Part").Text("m.py").Text("class Part: pass")
            .Op('t').Op('Q').Op(')').Bytes(0x81).Op('}').Text("_parameters").Op('}');
        pickle = End(pickle.Text("w").Tensor("FloatStorage", "a", 4, 1, [2], [1]).Op('s').Op('s'));
        using Checkpoint checkpoint = Open(TorchFiles.Legacy, pickle);
        Assert.Equal(["w"], checkpoint.Tensors.Keys);
    }

    [Fact]
    public void A_TorchScript_archive_gives_its_attributes()
    {
        PickleWriter pickle = Begin(new PickleWriter(), "__torch__.multimodal.model", "CLIP").Text("training").Bytes(0x89).Op('s')
            .Text("logit_scale").Tensor("FloatStorage", "a", 4, 3, [], []).Op('s').Text("visual");
        pickle = End(Begin(pickle, "__torch__.torch.nn.modules.linear.___torch_mangle_1", "Linear")
            .Text("weight").Tensor("FloatStorage", "a", 4, 1, [2], [1]).Op('s')).Op('s');
        byte[] file = TorchFiles.WriteZip(
            CompressionLevel.NoCompression,
            ("m/data.pkl", End(pickle).ToArray()),
            ("m/constants.pkl", new PickleWriter().Op(')').ToArray()),
            ("m/code/__torch__/multimodal/model.py", "class CLIP(Module): pass"u8.ToArray()),
            ("m/data/a", TorchFiles.Floats(4)));
        using Checkpoint checkpoint = Open(file);
        Assert.Equal(["logit_scale", "visual.weight"], checkpoint.Tensors.Keys);
    }

    [Fact]
    public void What_has_no_tensors_is_named()
    {
        PickleWriter model = End(Begin(new PickleWriter(), "my\u001b[2Jmodel", "M"));
        Assert.Contains(": it holds no tensors but 'my?[2Jmodel.M'. Save the model's state_dict alone", Refused(TorchFiles.Zip, model));
    }

    [Fact(Timeout = 20_000)]
    public async Task Models_that_hold_each_other_end()
    {
        // Many models have the same attributes, which are all of these models.
        PickleWriter pickle = new PickleWriter().Op('}').Bytes((byte)'q', 0).Op('(');
        for (int i = 0; i < 20_000; i++) pickle.Text($"part {i}").Global("m", "Part").Op(')').Bytes(0x81).Bytes((byte)'h', 0).Op('b');
        string message = await Task.Run(() => Refused(TorchFiles.Zip, pickle.Op('u')), TestContext.Current.CancellationToken)
            .WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("it holds no tensors", message);
    }

    [Fact]
    public void Parts_within_parts_without_end_are_refused()
    {
        PickleWriter pickle = new PickleWriter();
        const int Depth = 50;
        string name = new('x', 20);
        for (int i = 0; i < Depth; i++) Begin(pickle, "m", "Part").Text(name);
        pickle.Tensor("FloatStorage", "a", 4, 0, [1], [1]);
        for (int i = 0; i < Depth; i++) End(pickle.Op('s'));
        Assert.Contains("the name of a tensor is not a short line of text", Refused(TorchFiles.Zip, pickle));
    }

    // An object without arguments, whose attributes follow.
    private static PickleWriter Begin(PickleWriter pickle, string module, string name) =>
        pickle.Global(module, name).Op(')').Bytes(0x81).Op('}');

    private static PickleWriter End(PickleWriter pickle) => pickle.Op('b');

    private Checkpoint Open(string container, PickleWriter pickle) =>
        Open(TorchFiles.Write(container, pickle.ToArray(), ("a", TorchFiles.Floats(4), 4)));

    private Checkpoint Open(byte[] file)
    {
        string path = InFolder($"{Guid.NewGuid():N}.pt");
        File.WriteAllBytes(path, file);
        return Checkpoint.Open(path);
    }

    private string Refused(string container, PickleWriter pickle)
    {
        string message = Assert.Throws<PromptADException>(() => Open(container, pickle).Dispose()).Message;
        Assert.DoesNotContain(message, char.IsControl);
        return message;
    }
}
