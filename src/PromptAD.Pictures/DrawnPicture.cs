namespace PromptAD.Pictures;

/// <summary>One drawn picture.</summary>
/// <param name="Size">Width and height in pixels.</param>
/// <param name="Rgb">Three bytes a pixel, row by row.</param>
/// <param name="Mask">255 where the picture is defective, else 0, a byte a pixel; null for a good product.</param>
/// <param name="Caption">What a person might say about it.</param>
/// <param name="Noun">What the product is called, without adjective or state.</param>
/// <param name="Defect">What is wrong, or null.</param>
public sealed record DrawnPicture(int Size, byte[] Rgb, byte[]? Mask, string Caption, string Noun, DefectKind? Defect);

/// <summary>The same product in the same pose under the same camera, without and with a defect.</summary>
/// <param name="Clean">Without.</param>
/// <param name="Defective">With; its mask says where.</param>
public sealed record DefectivePair(DrawnPicture Clean, DrawnPicture Defective);

/// <summary>Pictures of one product: good ones to compare with, and pairs.</summary>
/// <param name="Product">What is shown.</param>
/// <param name="Clean">Good pictures, each of another item in another pose.</param>
/// <param name="Pairs">Defective pictures with their twins, again of other items.</param>
public sealed record PictureGroup(Product Product, IReadOnlyList<DrawnPicture> Clean, IReadOnlyList<DefectivePair> Pairs);

/// <summary>One product of a kind, with colours, measures and a place of inspection of its own.</summary>
/// <param name="Kind">The sort of product.</param>
/// <param name="Seed">Names its colours, measures, lamp and camera.</param>
/// <param name="Difficulty">0 to 1: the chance that it comes from a rough line, with blemishes, free poses and changing exposure, and faint
/// defects.</param>
/// <param name="InFixture">Whether one item at a time is held in its place under a steady light, as on a well-built inspection station, and
/// only defects that stand out count.</param>
public sealed record Product(ProductKind Kind, ulong Seed, double Difficulty, bool InFixture = false)
{
    /// <summary>0 for a spotless line under steady light, 1 for a rough one.</summary>
    public float Wear
    {
        get
        {
            if (InFixture) return 0;
            var rng = new Rng(Rng.Derive(Seed, 9));
            return rng.Chance((float)Difficulty) ? rng.Range(0.4f, 1) : rng.Range(0, 0.25f);
        }
    }

    /// <summary>A product of a kind that pretraining may draw, <paramref name="inFixture"/> of them held in a fixture.</summary>
    public static Product Draw(ulong seed, double difficulty, double inFixture = 0)
    {
        var kinds = ProductKind.Training;
        bool isHeld = new Rng(Rng.Derive(seed, 10)).Chance((float)inFixture);
        return new Product(kinds[new Rng(seed).Int(0, kinds.Count - 1)], seed, difficulty, isHeld);
    }
}
