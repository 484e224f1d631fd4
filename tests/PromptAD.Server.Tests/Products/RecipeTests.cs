using System.IO.Compression;
using System.Text;
using PromptAD.Server.Products;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Tests.Products;

public sealed class RecipeTests
{
    private static readonly byte[] Detector = [1, 2, 3];

    [Fact]
    public void A_recipe_comes_back_as_it_was_written()
    {
        (RecipeFile.Header header, byte[] detector) = RecipeFile.Read(Recipe());

        Assert.Equal(("plate", "chequer plate", 7), (header.Product, header.Name, header.Version));
        Assert.Equal(Detector, detector);
    }

    [Fact]
    public void One_of_a_newer_version_is_refused_in_one_line()
    {
        PromptADException error = Assert.Throws<PromptADException>(() => RecipeFile.Read(Zip(("recipe.json", "{\"format\": 2, \"other\": 1}"))));

        Assert.Equal(Problem.Unsupported, error.Problem);
        Assert.Equal("The recipe has format 2, and this service reads up to 1; take a newer version of it.", error.Message);
    }

    [Fact]
    public void A_detector_that_is_not_the_named_one_is_refused()
    {
        byte[] recipe = Recipe();
        int at = recipe.AsSpan().IndexOf(Detector);
        recipe[at + 1] = 9;

        Assert.Equal(Problem.Damaged, Assert.Throws<PromptADException>(() => RecipeFile.Read(recipe)).Problem);
    }

    [Fact]
    public void What_is_no_recipe_is_refused()
    {
        Assert.Equal(Problem.Damaged, Assert.Throws<PromptADException>(() => RecipeFile.Read([1, 2, 3])).Problem);
        Assert.Equal(Problem.Damaged, Assert.Throws<PromptADException>(() => RecipeFile.Read(Zip(("other", "x")))).Problem);
        Assert.Equal(Problem.Damaged, Assert.Throws<PromptADException>(() => RecipeFile.Read(Zip(("recipe.json", "[1]")))).Problem);
        Assert.Equal(Problem.Damaged, Assert.Throws<PromptADException>(() => RecipeFile.Read(Recipe()[..^30])).Problem);
    }

    private static byte[] Recipe() => RecipeFile.Write(
        new ProductRow { Id = "plate", Name = "chequer plate", Created = DateTime.UtcNow },
        new VersionRow
        {
            ProductId = "plate",
            Number = 7,
            Origin = PromptAD.Client.VersionOrigin.Trained,
            FileHash = FileStore.HashOf(Detector),
            FileLength = 3,
            Description = "{}",
            CreatedBy = "anna",
            Created = DateTime.UtcNow,
        },
        Detector);

    private static byte[] Zip((string Name, string Text) part)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        using (Stream entry = archive.CreateEntry(part.Name).Open()) entry.Write(Encoding.UTF8.GetBytes(part.Text));
        return stream.ToArray();
    }
}
