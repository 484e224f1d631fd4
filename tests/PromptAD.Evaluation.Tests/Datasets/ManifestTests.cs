namespace PromptAD.Evaluation.Tests.Datasets;

public sealed class ManifestTests
{
    [Fact]
    public void Reads_csv_with_quotes_and_every_column()
    {
        using var tree = new PictureTree();
        tree.Write("sub/parts.csv", """
            path,label,category,split,defect_type,mask
            "b, second.png",good,cap,train,,
            a.png,OK,cap,train,,

            ..\x.png,defect,cap,test,deep scratch,m/x1.png|m/x2.png
            v.png,normal,cap,validation,,
            t.png,good,cap,test,,
            y.png,1,cap,test,,
            """);
        Dataset dataset = Dataset.Open(tree["sub/parts.csv"]);
        Assert.Equal(("parts", DatasetLayout.Manifest), (dataset.Name, dataset.Layout));
        Category cap = Assert.Single(dataset.Categories);
        Assert.Equal(["a.png", "b, second.png"], LayoutTests.Learned(cap));
        Assert.Equal(["v.png"], cap.ValidationGood.Select(cap.Relative));
        Assert.Equal(["t.png good", "y.png defective unknown", "../x.png deep scratch m/x1.png m/x2.png"], LayoutTests.Tested(cap));
    }

    [Fact]
    public void Reads_json_and_splits_it_itself_when_it_says_no_split()
    {
        using var tree = new PictureTree();
        tree.Write("parts.json", """
            {"name": "my parts", "items": [
              {"path": "g3.png", "label": 0}, {"path": "g1.png", "label": "good"}, {"path": "g2.png", "label": false},
              {"path": "x.png", "label": true, "defect_type": null, "mask": ["x1.png", "x2.png"]},
            ]}
            """);
        Dataset dataset = Dataset.Open(tree["parts.json"]);
        Category category = Assert.Single(dataset.Categories);
        Assert.Equal(("my parts", "my parts"), (dataset.Name, category.Name));
        Assert.Equal(["g1.png", "g2.png"], LayoutTests.Learned(category));
        Assert.Equal(["g3.png good", "x.png defective x1.png x2.png"], LayoutTests.Tested(category));
    }

    [Fact]
    public void Reads_the_semicolons_that_spreadsheets_export()
    {
        using var tree = new PictureTree();
        tree.Write("parts.csv", "Path;Label\na.png;good\nb.png;good\nx.png;bad\n");
        Assert.Equal(["b.png good", "x.png defective unknown"], LayoutTests.Tested(Dataset.Open(tree["parts.csv"]).Categories[0]));
    }

    private static readonly string[] Plain = ["path,label,split", "d/g0.jpg,good,test", "d/b0.jpg,bad,test"];

    /// <summary>Manifests as Windows programs, databases and anomalib write them, all with the same meaning.</summary>
    public static TheoryData<string, string, string> Written() => new()
    {
        { "m.csv", string.Join('\n', Plain), "utf-8" },
        { "m.csv", "sep=;\r\n" + string.Join("\r\n", Plain).Replace(',', ';'), "utf-8" },
        { "m.csv", "\"sep=;\"\r\n" + string.Join("\r\n", Plain).Replace(',', ';'), "utf-8" },
        { "m.csv", "sep=,\r\n" + string.Join("\r\n", Plain), "utf-8" },
        { "m.csv", string.Join('\n', Plain).Replace(',', '\t'), "utf-8" },
        { "m.tsv", "sep=\t\n" + string.Join('\n', Plain).Replace(',', '\t'), "utf-8" },
        { "m.csv", string.Join('\r', Plain), "utf-16" },
        { "m.csv", "image_path,label,label_index,mask_path,split\nd/g0.jpg,normal,0,,test\nd/b0.jpg,abnormal,1,,test\n", "utf-8" },
        { "m.csv", "image_path,label,label_index,mask_path,split\nd/g0.jpg,good,0,,test\nd/b0.jpg,defective,1,,test\n", "utf-8" },
        { "m.csv", "path,label,split\nd/g0.jpg,good,test\nd/b0.jpg,abnormal,test\n", "utf-8" },
        { "m.json", "[{\"path\": \"d/g0.jpg\", \"label\": \"good\", \"split\": \"test\"}, {\"path\": \"d/b0.jpg\", \"label\": 1, \"split\": \"test\"}]", "utf-8" },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void Reads_what_other_programs_write(string name, string text, string encoding)
    {
        using var tree = new PictureTree();
        // With a byte order mark.
        File.WriteAllText(tree[name], text, System.Text.Encoding.GetEncoding(encoding));
        Assert.Equal(["d/b0.jpg defective unknown", "d/g0.jpg good"], LayoutTests.Tested(Dataset.Open(tree[name]).Categories[0]));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("windows-1252")]
    public void Reads_the_encoding_of_excel(string encoding)
    {
        System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);
        using var tree = new PictureTree();
        byte[] bytes = System.Text.Encoding.GetEncoding(encoding).GetBytes("path,label,split\nPrüf/g0.jpg,good,test\nPrüf/b0.jpg,bad,test\n");
        File.WriteAllBytes(tree["m.csv"], bytes);
        Assert.Equal(["Prüf/b0.jpg defective unknown", "Prüf/g0.jpg good"], LayoutTests.Tested(Dataset.Open(tree["m.csv"]).Categories[0]));
    }

    [Fact]
    public void The_name_of_a_defect_beside_an_index_is_its_type()
    {
        using var tree = new PictureTree();
        tree.Write("m.csv", "image_path,label,label_index,mask_path,split\ng.png,good,0,,test\nx.png,bent_wire,1,m/x.png,test\n");
        Assert.Equal(["g.png good", "x.png bent_wire m/x.png"], LayoutTests.Tested(Dataset.Open(tree["m.csv"]).Categories[0]));
    }

    [Fact]
    public void Leaves_defective_training_pictures_out_and_says_so()
    {
        using var tree = new PictureTree();
        tree.Write("parts.csv", "path,label,split\na.png,good,train\nx.png,bad,train\n");
        Dataset dataset = Dataset.Open(tree["parts.csv"]);
        Assert.Empty(dataset.Categories[0].Test);
        Assert.Equal(
            $"parts: 1 defective pictures are listed for training or validation and left out, first '{tree["x.png"]}'. "
            + "Learning uses good pictures only.",
            Assert.Single(dataset.Noticed).Message);
    }

    [Fact]
    public void Reports_pictures_that_are_listed_twice_for_the_same_use()
    {
        using var tree = new PictureTree();
        tree.Write("parts.csv", "path,label,split\na.png,good,train\na.png,good,test\nx.png,good,test\nx.png,bad,test\n");
        DatasetProblem problem = Assert.Single(Dataset.Open(tree["parts.csv"]).Noticed);
        Assert.Equal((ProblemSeverity.Error, ProblemKind.ListedTwice), (problem.Severity, problem.Kind));
        Assert.Equal([tree["x.png"]], problem.Paths); // training and test may share a row's path; its content is compared later
    }

    [Theory]
    [InlineData("m.csv", "path,label\na.png,fine\n", "In row 2 of 'm.csv' the label is 'fine'; allowed are good, ok,")]
    [InlineData("m.csv", "path,label\na.png,good\n,good\n", "In row 3 of 'm.csv' there is no 'path' (found the columns path, label, read as utf-8).")]
    [InlineData("m.csv", "picture,state\na.png,good\n", "In row 2 of 'm.csv' there is no 'path' (found the columns picture, state, read as utf-8).")]
    [InlineData("m.csv", "path,state\na.png,good\n", "In row 2 of 'm.csv' there is no label (found the columns path, state, read as utf-8), in a column called label or label_index;")]
    [InlineData("m.csv", "path,label\na.png\n", "In row 2 of 'm.csv' there is no label (found the columns path, label, read as utf-8), in a column called label or "
        + "label_index;")]
    [InlineData("m.csv", "path,label\na.png,good,b,c\n", "In row 2 of 'm.csv' there are 4 values for 2 columns.")]
    [InlineData("m.csv", "path,label,split\na.png,good,other\n", "In row 2 of 'm.csv' the split is 'other';")]
    [InlineData("m.csv", "path,label\n\"a.png,good\n", "The manifest 'm.csv' is malformed:")]
    [InlineData("m.csv", "path,label\n", "The manifest of 'm.csv' lists no picture.")]
    [InlineData("m.csv", "", "The manifest 'm.csv' is empty.")]
    [InlineData("m.json", "[{\"path\": \"a.png\"", "The manifest 'm.json' is malformed:")]
    [InlineData("m.json", "{\"name\": \"x\"}", "The manifest 'm.json' must be a JSON array of objects,")]
    [InlineData("m.json", "[1]", "In item 0 of 'm.json' there is no JSON object.")]
    [InlineData("m.json", "[{\"path\": \"a\\u0000\", \"label\": 1}]", "In item 0 of 'm.json' a path holds a null character.")]
    [InlineData("m.json", "[{\"path\": \"a\", \"label\": \"\\ud800\"}]", "The manifest 'm.json' is malformed:")]
    [InlineData("m.txt", "x", "'m.txt' is no manifest; its name must end with .csv or .json.")]
    public void Says_what_is_wrong_with_a_manifest(string name, string text, string said)
    {
        using var tree = new PictureTree();
        tree.Write(name, text);
        string message = Assert.Throws<PromptADException>(() => Dataset.Open(tree[name])).Message;
        Assert.StartsWith(said, message.Replace(tree.Root + Path.DirectorySeparatorChar, ""));
        Assert.DoesNotContain('\n', message);
    }
}
