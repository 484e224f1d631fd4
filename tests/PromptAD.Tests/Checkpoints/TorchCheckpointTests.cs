using System.Runtime.InteropServices;
using PromptAD.Checkpoints;
using PromptAD.Files;

namespace PromptAD.Tests.Checkpoints;

public sealed class TorchCheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("promptad-").FullName;

    public static TheoryData<string> Containers => [.. TorchFiles.Containers];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Containers))]
    public void Reads_a_state_dict(string container)
    {
        // A dictionary with attributes, a parameter, a scalar and an empty tensor, as torch.save writes them.
        byte[] pickle = new PickleWriter().Global("collections", "OrderedDict").Op(')').Op('R').Op('(')
            .Text("weight").Tensor("FloatStorage", "a", 6, 0, [2, 3], [3, 1])
            .Text("bias").Global("torch._utils", "_rebuild_parameter").Op('(').Tensor("FloatStorage", "b", 3, 0, [3], [1])
            .True().Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R')
            .Text("scale").Tensor("FloatStorage", "a", 6, 5, [], [])
            .Text("none").Tensor("FloatStorage", "a", 6, 0, [0, 4], [4, 1])
            .Op('u').Op('}').Text("_metadata").Op('}').Op('s').Op('b').ToArray();
        using Checkpoint checkpoint = Open(container, pickle, ("a", TorchFiles.Floats(6), 4), ("b", TorchFiles.Floats(3, i => -i), 4));
        Assert.Equal(["weight", "bias", "scale", "none"], checkpoint.Tensors.Keys);
        Assert.Equal([2, 3], checkpoint.Tensors["weight"].Shape);
        Assert.Equal([0, 1, 2, 3, 4, 5], Values(checkpoint, "weight"));
        Assert.Equal([0, -1, -2], Values(checkpoint, "bias"));
        Assert.Equal([5], Values(checkpoint, "scale"));
        Assert.Empty(Values(checkpoint, "none"));
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model")]
    [InlineData("model_state_dict")]
    public void Finds_the_weights_in_a_training_checkpoint(string key)
    {
        byte[] pickle = new PickleWriter().Op('}').Op('(')
            .Text("epoch").Number(32).Text("best").Op('N').Text("args").Global("argparse", "Namespace").Op(')').Bytes(0x81).Op('}').Op('b')
            .Text("optimizer").Op('}').Text("step").Tensor("FloatStorage", "a", 4, 0, [1], [1]).Op('s')
            .Text(key).Op('}').Op('(')
            .Text("module.one").Tensor("FloatStorage", "a", 4, 0, [2], [1])
            .Text("module.two").Tensor("FloatStorage", "a", 4, 2, [2], [1])
            .Op('u').Op('u').ToArray();
        using Checkpoint checkpoint = Open(TorchFiles.Zip, pickle, ("a", TorchFiles.Floats(4), 4));
        Assert.Equal(["one", "two"], checkpoint.Tensors.Keys);
        Assert.Equal("two", checkpoint.Tensors["two"].Name);
        Assert.Equal([2, 3], Values(checkpoint, "two"));
    }

    [Fact]
    public void Drops_the_prefix_from_safetensors_too()
    {
        TensorEntry[] entries = [new("module.w", ElementType.Float32, [2]), new("module.b", ElementType.Float16, [1])];
        using var file = new MemoryStream();
        new SafetensorsLayout(entries).Write(file, entry => new float[] { 1, 2 }.AsMemory(0, (int)entry.Count));
        using Checkpoint checkpoint = Checkpoint.Open(Save(file.ToArray()));
        Assert.Equal(["w", "b"], checkpoint.Tensors.Values.Select(entry => entry.Name));
        Assert.Equal([1, 2], Values(checkpoint, "w"));
        Assert.Equal([1], Values(checkpoint, "b"));
        Assert.Throws<PromptADException>(() => Values(checkpoint, "module.w", 2));
    }

    [Fact]
    public void Keeps_a_prefix_that_not_every_name_has()
    {
        byte[] pickle = new PickleWriter().Op('}').Op('(')
            .Text("module.one").Tensor("FloatStorage", "a", 4, 0, [2], [1])
            .Text("other").Tensor("FloatStorage", "a", 4, 2, [2], [1]).Op('u').ToArray();
        using Checkpoint checkpoint = Open(TorchFiles.Zip, pickle, ("a", TorchFiles.Floats(4), 4));
        Assert.Equal(["module.one", "other"], checkpoint.Tensors.Keys);
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void Gathers_views_that_do_not_lie_in_order(string container)
    {
        byte[] pickle = new PickleWriter().Op('}').Op('(')
            .Text("transposed").Tensor("FloatStorage", "a", 24, 0, [3, 4], [1, 3])
            .Text("columns").Tensor("FloatStorage", "a", 24, 1, [4, 2], [6, 2])
            .Text("permuted").Tensor("FloatStorage", "a", 24, 0, [4, 2, 3], [1, 12, 4])
            .Text("repeated").Tensor("FloatStorage", "a", 24, 7, [2, 3], [1, 0])
            .Text("slice").Tensor("FloatStorage", "a", 24, 5, [1, 3], [24, 1]).Op('u').ToArray();
        using Checkpoint checkpoint = Open(container, pickle, ("a", TorchFiles.Floats(24), 4));
        Assert.Equal([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11], Values(checkpoint, "transposed"));
        Assert.Equal([1, 3, 7, 9, 13, 15, 19, 21], Values(checkpoint, "columns"));
        float[] permuted = [0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23];
        Assert.Equal(permuted, Values(checkpoint, "permuted"));
        Assert.Equal([7, 7, 7, 8, 8, 8], Values(checkpoint, "repeated"));
        Assert.Equal([5, 6, 7], Values(checkpoint, "slice"));
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void Gathers_views_larger_than_one_piece(string container)
    {
        const int Rows = 301, Columns = 257;
        byte[] pickle = new PickleWriter().Op('}')
            .Text("w").Tensor("HalfStorage", "a", Rows * Columns, 0, [Columns, Rows], [1, Columns]).Op('s').ToArray();
        Half[] stored = [.. Enumerable.Range(0, Rows * Columns).Select(i => (Half)(i % 2003))];
        using Checkpoint checkpoint = Open(container, pickle, ("a", MemoryMarshal.AsBytes<Half>(stored).ToArray(), 2));
        float[] expected = [.. Enumerable.Range(0, Rows * Columns).Select(i => (float)stored[i % Rows * Columns + i / Rows])];
        Assert.Equal(expected, Values(checkpoint, "w"));
    }

    [Fact]
    public void Reads_the_part_of_a_storage_that_the_older_container_shares()
    {
        byte[] pickle = new PickleWriter().Op('}').Text("w").Tensor("FloatStorage", "a", 10, 1, [2], [1], part: [4, 5]).Op('s').ToArray();
        using Checkpoint checkpoint = Open(TorchFiles.Legacy, pickle, ("a", TorchFiles.Floats(10), 4));
        Assert.Equal([5, 6], Values(checkpoint, "w"));
    }

    [Theory]
    [InlineData("HalfStorage", nameof(ElementType.Float16))]
    [InlineData("BFloat16Storage", nameof(ElementType.BFloat16))]
    [InlineData("DoubleStorage", nameof(ElementType.Float64))]
    [InlineData("FloatStorage", nameof(ElementType.Float32))]
    public void Widens_every_floating_point_type(string name, string typeName)
    {
        var type = Enum.Parse<ElementType>(typeName);
        float[] values = [0, 1, -2, 0.5f, 96];
        byte[] bytes = type switch
        {
            ElementType.Float16 => [.. values.SelectMany(value => BitConverter.GetBytes((Half)value))],
            ElementType.BFloat16 => [.. values.SelectMany(value => BitConverter.GetBytes(value)[2..])],
            ElementType.Float64 => [.. values.SelectMany(value => BitConverter.GetBytes((double)value))],
            _ => [.. values.SelectMany(BitConverter.GetBytes)],
        };
        byte[] pickle = new PickleWriter().Op('}').Text("w").Tensor(name, "a", 5, 0, [5], [1]).Op('s').ToArray();
        foreach (string container in TorchFiles.Containers)
        {
            using Checkpoint checkpoint = Open(container, pickle, ("a", bytes, type.Size()));
            Assert.Equal(type, checkpoint.Tensors["w"].Type);
            Assert.Equal(values, Values(checkpoint, "w"));
        }
    }

    [Fact]
    public void Lists_integers_and_refuses_to_read_them_as_weights()
    {
        byte[] pickle = new PickleWriter().Op('}').Text("ids").Tensor("LongStorage", "a", 2, 0, [2], [1]).Op('s').ToArray();
        using Checkpoint checkpoint = Open(TorchFiles.Zip, pickle, ("a", new byte[16], 8));
        Assert.Equal(ElementType.Int64, checkpoint.Tensors["ids"].Type);
        var error = Assert.Throws<PromptADException>(() => Values(checkpoint, "ids"));
        Assert.Contains("'ids' holds Int64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_in_any_order_and_again()
    {
        byte[] pickle = new PickleWriter().Op('}').Op('(')
            .Text("one").Tensor("FloatStorage", "a", 4, 0, [2], [1])
            .Text("two").Tensor("FloatStorage", "a", 4, 2, [2], [1]).Op('u').ToArray();
        foreach (string container in TorchFiles.Containers)
        {
            using Checkpoint checkpoint = Open(container, pickle, ("a", TorchFiles.Floats(4), 4));
            Assert.Equal([2, 3], Values(checkpoint, "two"));
            Assert.Equal([0, 1], Values(checkpoint, "one"));
            Assert.Equal([0, 1], Values(checkpoint, "one"));
            Assert.Throws<PromptADException>(() => Values(checkpoint, "three", 2));
            Assert.Throws<ArgumentException>(() => Values(checkpoint, "one", 3));
        }
    }

    [Fact]
    public void Needs_little_memory_beside_the_tensor()
    {
        const int Count = 1_000_000;
        byte[] pickle = new PickleWriter().Op('}').Op('(')
            .Text("plain").Tensor("FloatStorage", "a", Count, 0, [1000, 1000], [1000, 1])
            .Text("turned").Tensor("FloatStorage", "a", Count, 0, [1000, 1000], [1, 1000]).Op('u').ToArray();
        var destination = new float[Count];
        foreach (string container in TorchFiles.Containers)
        {
            string path = Save(TorchFiles.Write(container, pickle, ("a", new byte[Count * 4], 4)));
            long before = GC.GetAllocatedBytesForCurrentThread();
            using Checkpoint checkpoint = Checkpoint.Open(path);
            checkpoint.Read("plain", destination);
            checkpoint.Read("turned", destination);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        }
    }

    [Theory]
    [InlineData("state_dict.pt", 0)]
    [InlineData("training_checkpoint.pt", 0)]
    [InlineData("legacy_tar.pt", 0)]
    [InlineData("state_dict_fp16.pt", 1)]
    [InlineData("model_fp16.safetensors", 1)]
    public void Agrees_with_the_shared_safetensors_file_where_it_exists(string name, int halved)
    {
        if (Shared(name) is not { } path) return;
        using Checkpoint checkpoint = Checkpoint.Open(path), expected = Checkpoint.Open(Shared("model.safetensors")!);
        Assert.Equal(expected.Tensors.Keys.Order(), checkpoint.Tensors.Keys.Order());
        foreach ((string tensor, TensorEntry entry) in expected.Tensors)
        {
            Assert.Equal(entry.Shape, checkpoint.Tensors[tensor].Shape);
            float[] values = Values(expected, tensor);
            Assert.Equal(halved == 0 ? values : [.. values.Select(value => (float)(Half)value)], Values(checkpoint, tensor));
        }
    }

    private Checkpoint Open(string container, byte[] pickle, params (string, byte[], int)[] storages) =>
        Checkpoint.Open(Save(TorchFiles.Write(container, pickle, storages)));

    private string Save(byte[] content)
    {
        string path = Path.Combine(folder, $"{Guid.NewGuid():N}.pt");
        File.WriteAllBytes(path, content);
        return path;
    }

    private static float[] Values(Checkpoint checkpoint, string name, long? count = null)
    {
        var values = new float[count ?? checkpoint.Tensors[name].Count];
        checkpoint.Read(name, values);
        return values;
    }

    private static string? Shared(string name)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "shared", "fixtures", "checkpoints", name);
            if (File.Exists(path)) return path;
        }
        return null;
    }
}
