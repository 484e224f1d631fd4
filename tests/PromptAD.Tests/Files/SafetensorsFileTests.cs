using System.Text;
using PromptAD.Files;

namespace PromptAD.Tests.Files;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Reads_what_the_layout_wrote()
    {
        TensorEntry[] entries =
            [new("a", ElementType.Float32, [2, 3]), new("b", ElementType.Float16, [2]), new("none", ElementType.Float32, [0, 4])];
        var layout = new SafetensorsLayout(entries, new Dictionary<string, string> { ["config"] = "{\"näme\": 1}" });
        using (FileStream stream = File.Create(path))
            layout.Write(stream, entry => new float[] { 1, -2, 3, 4, 5, 6.5f }.AsMemory(0, (int)entry.Count));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal("{\"näme\": 1}", file.Metadata["config"]);
        Assert.Equal(["a", "b", "none"], file.Tensors.Keys);
        Assert.Equal([1, -2, 3, 4, 5, 6.5f], file.ReadFloats("a"));
        Assert.Equal([1, -2], file.ReadFloats("b"));
        Assert.Empty(file.ReadFloats("none"));
    }

    [Fact]
    public void Puts_tensors_where_the_layout_said()
    {
        TensorEntry[] entries = [new("a", ElementType.Float16, [3]), new("b", ElementType.Float32, [1])];
        var layout = new SafetensorsLayout(entries);
        using (FileStream stream = File.Create(path))
            layout.Write(stream, entry => new float[] { 1.5f, 2, 3 }.AsMemory(0, (int)entry.Count));
        byte[] bytes = File.ReadAllBytes(path);
        Assert.Equal(0, layout.OffsetOf("a") % 64);
        Assert.Equal((Half)1.5f, BitConverter.ToHalf(bytes, (int)layout.OffsetOf("a")));
        Assert.Equal(1.5f, BitConverter.ToSingle(bytes, (int)layout.OffsetOf("b")));
        Assert.Equal(bytes.Length, layout.OffsetOf("b") + 4);
    }

    [Fact]
    public void Refuses_to_write_a_tensor_of_another_length_than_announced()
    {
        var layout = new SafetensorsLayout([new("a", ElementType.Float32, [2])]);
        Assert.Throws<InvalidOperationException>(() => layout.Write(Stream.Null, _ => new float[3]));
    }

    [Fact]
    public void Reads_integers_and_doubles_as_they_are()
    {
        byte[] data = [.. BitConverter.GetBytes(-7L), .. BitConverter.GetBytes(0.1)];
        Write("""{"i":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"d":{"dtype":"F64","shape":[],"data_offsets":[8,16]}}""", data);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal([-7], file.ReadInt64("i"));
        Assert.Equal([0.1], file.ReadDoubles("d"));
        Assert.Equal([0.1f], file.ReadFloats("d"));
        Assert.Throws<PromptADException>(() => file.ReadFloats("i"));
        Assert.Throws<PromptADException>(() => file.ReadInt64("d"));
        Assert.Contains("'x' is missing", Assert.Throws<PromptADException>(() => file.ReadFloats("x")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "size does not fit its shape")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", "lies outside the file")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "lies outside the file")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "lies outside the file")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "its tensors take 4 bytes fewer than are there")]
    [InlineData(
        """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"v":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}""",
        "its tensors take 1 bytes more than are there")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "negative size")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", "header cannot be read")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,8]}}""", "larger than 2 GB")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "header cannot be read")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "no start and end")]
    [InlineData("""{"w":{"dtype":"F4\n\u001b[2J","shape":[1],"data_offsets":[0,4]}}""", "unknown type 'F4??[2J'")]
    [InlineData("""{"w":{"shape":[1],"data_offsets":[0,4]}}""", "header cannot be read")]
    [InlineData("""{"w":7}""", "header cannot be read")]
    [InlineData("""[1, 2]""", "header cannot be read")]
    [InlineData("""{"w":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}""", "twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", "header cannot be read")]
    [InlineData("""{"w":""", "header cannot be read")]
    public void Refuses_a_header_that_lies(string header, string reason)
    {
        Write(header, new byte[8]);
        string message = Assert.Throws<PromptADException>(() => SafetensorsFile.Open(path)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.StartsWith($"Cannot read '{path}' as safetensors: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, (byte)'{' })]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 0, 0, 0, (byte)'{' })]
    public void Refuses_a_header_longer_than_the_file(byte[] content)
    {
        File.WriteAllBytes(path, content);
        Assert.Throws<PromptADException>(() => SafetensorsFile.Open(path));
    }

    private void Write(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. data]);
    }
}
