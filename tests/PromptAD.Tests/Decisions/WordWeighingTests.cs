using PromptAD.Decisions;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD.Tests.Decisions;

public sealed class WordWeighingTests
{
    private static readonly ScoringOptions Scoring = new()
    {
        Fusion = ScoreFusion.CommonScale,
        TopPatches = 3,
        ClassToken = false,
        WhitenMemory = false,
        MemoryShifts = 1,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Words_that_say_nothing_weigh_nothing(int pictures)
    {
        WordWeights weights = Find(new TwoSightedEncoder(seenByMemory: 1, seenByWords: 0), pictures);

        Assert.Equal(0, weights.TextWeight);
        Assert.Equal(48, weights.Copies);
        Assert.Equal(weights.ToldApart, weights.ToldApartByMemory);
        Assert.InRange(weights.ToldApart, 0.7, 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Words_weigh_where_they_alone_see_the_defects(int pictures)
    {
        WordWeights weights = Find(new TwoSightedEncoder(seenByMemory: 0, seenByWords: 1), pictures);

        Assert.InRange(weights.TextWeight, 0.1f, 2);
        Assert.InRange(weights.ToldApart - weights.ToldApartByMemory, 0.1, 1);
    }

    [Fact]
    public void Words_that_take_defects_for_good_weigh_nothing() =>
        Assert.Equal(0, Find(new TwoSightedEncoder(seenByMemory: 1, seenByWords: -1), 1).TextWeight);

    [Theory]
    [InlineData(1, true)]
    [InlineData(3, false)]
    public void Words_that_are_not_believed_weigh_nothing_beside_several_pictures(int pictures, bool weigh)
    {
        WordWeights weights = Find(new TwoSightedEncoder(seenByMemory: 0, seenByWords: 1), pictures, trust: 0);

        Assert.Equal(weigh, weights.TextWeight > 0);
    }

    [Fact]
    public void The_class_token_counts_where_that_tells_more_and_nobody_has_chosen()
    {
        var encoder = new TwoSightedEncoder(seenByMemory: 0, seenByWords: 0) { SeenByClassToken = 1 };

        Assert.False(Find(encoder, 1).ClassToken);
        Assert.True(Find(encoder, 1, Scoring with { ClassToken = null }).ClassToken);
    }

    [Fact]
    public void Applies_where_the_weight_is_open_on_a_common_scale()
    {
        Assert.True(WordWeighing.Applies(Scoring));
        Assert.False(WordWeighing.Applies(Scoring with { TextWeight = 0.5f }));
        Assert.False(WordWeighing.Applies(Scoring with { Fusion = ScoreFusion.Harmonic }));
    }

    private static WordWeights Find(TwoSightedEncoder encoder, int pictures, ScoringOptions? scoring = null, float trust = 1)
    {
        scoring ??= Scoring;
        var builder = new MemoryBuilder(encoder, new MemoryOptions(scoring));
        for (int seed = 0; seed < pictures; seed++) builder.Add(new GoodPicture([TwoSightedEncoder.Picture(seed)], 1));
        IReadOnlyList<RegionMemory> regions = builder.Build();
        var prototypes = new Prototypes([1, 0], [0, 1]);
        ScoreScale scale = PictureScorer.ScaleOf(prototypes, prototypes, 1, regions[0].Varied());
        return new WordWeighing(new Spotter(), new WordPrototypes(prototypes, prototypes), 1, scoring, encoder.Info.Grid)
        {
            Trust = trust,
        }.Find(regions, scale);
    }

    /// <summary>Paints a patch black.</summary>
    private sealed class Spotter : IDefectPainter
    {
        public byte[] Paint(ReadOnlySpan<byte> planes, int size, int number)
        {
            byte[] copy = planes.ToArray();
            for (int i = 0; i < 4 * 4 * 3; i++)
            {
                int y = (number % 8 * 4) + (i % 4), x = (number / 8 % 8 * 4) + (i / 4 % 4);
                copy[(i / 16 * size * size) + (y * size) + x] = 0;
            }
            return copy;
        }
    }

    /// <summary>Sees how bright a patch of 4 x 4 pixels is, by its memory, by its words, or by its class token, as much as it is told.</summary>
    private sealed class TwoSightedEncoder(float seenByMemory, float seenByWords) : IPatchEncoder
    {
        private const int Side = 8, Size = 32;

        public float SeenByClassToken { get; init; }

        public EncoderInfo Info { get; } = new("two", "two", Size, Size / Side, [new LayerShape(2, new PatchGrid(Side))], 2, [128, 128, 128]);

        /// <summary>Bright noise.</summary>
        public static byte[] Picture(int seed)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, 3 * Size * Size).Select(_ => (byte)random.Next(150, 250))];
        }

        public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
        {
            float darkest = 0;
            for (int place = 0; place < Side * Side; place++)
            {
                float sum = 0;
                for (int i = 0; i < 16; i++) sum += picture[(((place / Side * 4) + (i / 4)) * Size) + (place % Side * 4) + (i % 4)];
                float dark = 1 - (sum / 16 / 255);
                darkest = Math.Max(darkest, dark);
                Turn(features.Memory[0], place, seenByMemory * dark);
                Turn(features.Tokens, place, seenByWords * dark);
            }
            Turn(features.Cls, 0, SeenByClassToken * darkest);
        }

        public void Dispose()
        {
        }

        private static void Turn(float[] rows, int row, float angle) => (rows[2 * row], rows[(2 * row) + 1]) = (MathF.Cos(angle), MathF.Sin(angle));
    }
}
