using System.Text.Json.Nodes;
using CsCheck;
using PromptAD.Detectors;
using PromptAD.Encoders.Clip;
using PromptAD.Files;

namespace PromptAD.Tests.Detectors;

public sealed class DetectorFileTests : DetectorTest
{
    [Fact]
    public void What_is_saved_is_loaded()
    {
        Detector loaded = Detector.Load(File);
        Assert.Equal(Model.Metadata.ToString(), (loaded.Metadata with { States = Model.Metadata.States }).ToString());
        Assert.Equal(Model.Metadata.States, loaded.Metadata.States);
        Assert.Equal(Model.Words!.Image.Normal, loaded.Words!.Image.Normal);
        Assert.Equal(Model.Words!.Image.Anomalous, loaded.Words!.Image.Anomalous);
        Assert.Equal(Model.Words!.Pixel.Normal, loaded.Words!.Pixel.Normal);
        Assert.Equal(Model.Words!.Pixel.Anomalous, loaded.Words!.Pixel.Anomalous);
        Assert.Equal(Model.Memory!.Widths, loaded.Memory!.Widths);
        Assert.Equal(Model.Memory!.Layers, loaded.Memory!.Layers);
    }

    [Fact]
    public void Info_is_read_without_a_backbone()
    {
        Store.Remove("tiny");
        DetectorInfo info = DetectorInfo.Read(File);
        Assert.Equal(("metal nut", 2, 7, "tiny"), (info.ObjectName, info.Shots, info.Seed, info.BackboneId));
        Assert.Equal(Model.Metadata.Scoring, info.Scoring);
        Assert.Equal(Model.Metadata.Preprocessing, info.Preprocessing);
    }

    [Fact]
    public void Saving_again_replaces_the_file_and_leaves_no_other()
    {
        System.IO.File.WriteAllText(File, "old");
        Model.Save(File);
        Assert.Equal("metal nut", DetectorInfo.Read(File).ObjectName);
        Assert.Equal([File], Directory.GetFiles(Folder));
        Refused(() => Model.Save(Store.Folder)); // a folder
        Assert.Equal([File], Directory.GetFiles(Folder));
    }

    [Fact]
    public void Another_backbone_is_refused_with_both_hashes()
    {
        ClipConfiguration deeper = TinyModels.Configuration with { QuickGelu = true };
        Store.Generate(deeper, "other");
        using Backbone other = Store.Open("other");
        string message = Refused(() => AnomalyDetector.Load(File, other)).Message;
        Assert.Contains(Backbone.Hash, message);
        Assert.Contains(other.Hash, message);

        Store.Remove("tiny");
        Assert.Contains("has none with that hash", Refused(() => AnomalyDetector.Load(File, Store)).Message);
        Store.Generate(deeper, "tiny");
        Assert.Contains("the store's 'tiny' is another one", Refused(() => AnomalyDetector.Load(File, Store)).Message);
    }

    [Fact]
    public void Sizes_that_do_not_fit_the_backbone_are_refused()
    {
        (Model with { Banks = [new([Model.Memory!.Layers[0]], Model.Memory!.Widths[0])] }).Save(File);
        Assert.Contains("its sizes do not fit backbone 'tiny'", Refused(() => AnomalyDetector.Load(File, Backbone)).Message);
        (Model with { Banks = [new(Model.Memory!.Layers, width: 12)] }).Save(File);
        Assert.Contains("its sizes do not fit backbone 'tiny'", Refused(() => AnomalyDetector.Load(File, Store)).Message);
    }

    [Theory]
    [InlineData("image.normal")]
    [InlineData("image.anomalous")]
    [InlineData("pixel.normal")]
    [InlineData("pixel.anomalous")]
    [InlineData("memory.1")]
    public void A_missing_tensor_is_named(string name)
    {
        Rewrite(entries: entry => entry.Name == name ? entry with { Name = "x" } : entry);
        Assert.Matches($"'{name}' is missing|no memory bank", Refused(() => Detector.Load(File)).Message);
    }

    [Theory]
    [InlineData("image.normal", float.NaN)]
    [InlineData("pixel.anomalous", float.PositiveInfinity)]
    [InlineData("memory.2", float.NegativeInfinity)]
    public void A_value_that_is_no_number_is_refused_by_name(string name, float value)
    {
        Rewrite(values: (entry, values) =>
        {
            if (entry.Name == name) values[^1] = value;
        });
        Assert.Contains($"'{name}' holds a value that is not a number", Refused(() => Detector.Load(File)).Message);
    }

    [Theory]
    [InlineData("memory.1", 24L)] // no matrix
    [InlineData("memory.2", 48L, 12L)] // another width than the first
    [InlineData("memory.2", 0L, 24L)]
    [InlineData("image.normal", 0L)]
    [InlineData("pixel.normal", 17L)]
    public void Shapes_that_do_not_fit_each_other_are_refused(string name, params long[] shape)
    {
        Rewrite(entries: entry => entry.Name == name ? entry with { Shape = shape } : entry);
        Assert.Contains("fit each other", Refused(() => Detector.Load(File)).Message);
    }

    [Theory]
    [InlineData("format", "0")]
    [InlineData("backbone_id", "null")]
    [InlineData("backbone_hash", "null")]
    [InlineData("object_name", "null")]
    [InlineData("states", "null")]
    [InlineData("states", "[null]")]
    [InlineData("preprocessing", "null")]
    [InlineData("preprocessing", """{"pixel_limit": 0}""")]
    [InlineData("preprocessing", """{"resize": 77}""")]
    [InlineData("preprocessing", """{"query_channels": "Rbg"}""")]
    [InlineData("scoring", "null")]
    [InlineData("scoring", """{"map_size": 5000}""")]
    [InlineData("scoring", """{"smoothing_sigma": -1}""")]
    [InlineData("temperature", "1e99")]
    [InlineData("temperature", "\"4.6\"")]
    [InlineData("good_peak", "2")]
    [InlineData("shots", "1.5")]
    [InlineData("created", "\"today\"")]
    [InlineData("program", "null")]
    public void Fields_that_cannot_be_are_refused_with_the_files_name(string field, string json)
    {
        Rewrite(metadata: metadata => metadata[field] = JsonNode.Parse(json));
        Assert.Contains(File, Refused(() => Detector.Load(File)).Message);
    }

    [Fact]
    public void A_newer_format_is_refused_whatever_else_it_holds()
    {
        Rewrite(metadata: metadata =>
        {
            metadata.Clear();
            metadata["format"] = DetectorMetadata.CurrentFormat + 1;
        });
        Assert.Contains("Use a newer PromptAD", Refused(() => Detector.Load(File)).Message);
    }

    [Fact]
    public void A_changed_byte_is_refused_wherever_it_lies()
    {
        byte[] whole = System.IO.File.ReadAllBytes(File);
        int header = 8 + (int)BitConverter.ToInt64(whole);
        // Steps without a common factor with the 4 bytes of a value, so that each of them has its turn.
        IEnumerable<int> places = Enumerable.Range(0, whole.Length).Where(i => i % (i < header ? 7 : 211) == 0);
        foreach (int place in places.Append(whole.Length - 1))
        {
            whole[place] ^= 1;
            System.IO.File.WriteAllBytes(File, whole);
            string message = Refused(() => Detector.Load(File)).Message;
            Assert.DoesNotContain('\n', message);
            if (place >= header) Assert.Contains("is not what was written", message);
            whole[place] ^= 1;
        }
        System.IO.File.WriteAllBytes(File, whole);
        Assert.True(Detector.Load(File).IsChecked);
    }

    [Fact]
    public void Patches_that_were_zeroed_are_refused_with_what_to_do()
    {
        byte[] whole = System.IO.File.ReadAllBytes(File);
        whole.AsSpan()[^32..].Clear();
        System.IO.File.WriteAllBytes(File, whole);
        string message = Refused(() => AnomalyDetector.Load(File, Backbone)).Message;
        Assert.Contains($"Detector '{File}' is damaged: what it holds is not what was written", message);
        Assert.Contains("Copy it again or train it again", message);
    }

    [Fact]
    public void Bytes_behind_the_last_tensor_are_refused()
    {
        byte[] whole = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, [.. whole, 0]);
        Assert.Contains("take 1 bytes fewer than are there", Refused(() => Detector.Load(File)).Message);
    }

    [Fact]
    public void A_file_of_an_earlier_program_has_no_hash_and_loads_until_it_is_saved_with_one()
    {
        Rewrite();
        Detector old = Detector.Load(File);
        Assert.False(old.IsChecked);
        Assert.Equal(Model.Memory!.Layers, old.Memory!.Layers);
        old.Save(File);
        Assert.True(Detector.Load(File).IsChecked);
    }

    [Fact]
    public void The_hash_is_of_what_the_file_says_and_not_of_how_it_says_it()
    {
        Rewrite(texts: texts => texts["sha256"] = HashIn(File), reverse: true);
        Assert.True(Detector.Load(File).IsChecked);
        Rewrite(texts: texts => texts["sha256"] = new string('0', 64));
        Assert.Contains("not 00000000…", Refused(() => Detector.Load(File)).Message);
        Rewrite(texts: texts => texts["sha257"] = "");
        Assert.Contains("an entry 'sha257', which no detector has", Refused(() => Detector.Load(File)).Message);
    }

    [Fact]
    public void Any_damage_is_an_error_of_one_line_or_still_gives_numbers()
    {
        Rewrite(); // without the hash, so that what stands behind it is tried
        byte[] whole = System.IO.File.ReadAllBytes(File);
        int header = 8 + (int)BitConverter.ToInt64(whole);
        Gen<(int Place, byte Value)[]> changes = Gen.Select(Gen.Int[0, header - 1], Gen.Byte).Array[0, 4];
        Gen<int> ends = Gen.OneOf(Gen.Const(whole.Length), Gen.Int[0, whole.Length]);
        Gen.Select(ends, changes).Sample((end, changed) =>
        {
            byte[] bytes = whole[..];
            foreach ((int place, byte value) in changed) bytes[place] = value;
            string path = InFolder($"{Guid.NewGuid():N}.promptad");
            System.IO.File.WriteAllBytes(path, bytes[..end]);
            try
            {
                using AnomalyDetector detector = AnomalyDetector.Load(path, Backbone);
                Assert.InRange(detector.Predict(Frame(Noise(3))).Score, 0, 1);
            }
            catch (PromptADException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }, iter: 400);
    }

    private static string HashIn(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file.Metadata["sha256"];
    }
}
