using PromptAD.Pictures;

namespace PromptAD.Pretraining.Tests;

public sealed class GrammarTests
{
    [Fact]
    public void Captions_use_only_words_of_the_grammar()
    {
        var words = Grammar.Words.ToHashSet();
        foreach (ProductKind kind in ProductKind.All)
        {
            foreach (string noun in kind.Nouns)
            {
                for (ulong seed = 0; seed < 40; seed++)
                {
                    Assert.All(Grammar.Normal(new Rng(seed), $"grey {noun}").Split(' '), w => Assert.Contains(w, words));
                    Assert.All(Grammar.Anomalous(new Rng(seed), noun, kind.Defects[0]).Split(' '), w => Assert.Contains(w, words));
                }
            }
        }
    }

    [Fact]
    public void Drawn_captions_name_the_noun_and_use_only_words_of_the_grammar()
    {
        using var generator = new PictureGenerator(64);
        var words = Grammar.Words.ToHashSet();
        for (int n = 0; n < ProductKind.All.Count; n++)
        {
            DefectivePair pair = generator.DrawPair(new Product(ProductKind.All[n], (ulong)n, 0.5), 1);
            foreach (DrawnPicture picture in (DrawnPicture[])[pair.Clean, pair.Defective])
            {
                Assert.Contains(picture.Noun, picture.Caption);
                Assert.All(picture.Caption.Split(' '), w => Assert.Contains(w, words));
            }
        }
    }

    [Fact]
    public void An_article_fits_the_word_after_it()
    {
        var captions = Enumerable.Range(0, 500).Select(n => Grammar.Anomalous(new Rng((ulong)n), "orange cap", DefectKind.Crack)).ToList();

        Assert.Contains(captions, c => c.Contains(" an ", StringComparison.Ordinal));
        Assert.DoesNotContain(captions, c => System.Text.RegularExpressions.Regex.IsMatch(c, @"\ba [aeiou]|\ban [^aeiou]"));
    }

    [Fact]
    public void Every_defect_and_every_state_has_one_place_for_the_product()
    {
        var states = Grammar.DefectStates.Values.SelectMany(s => s)
            .Concat(Grammar.AnomalousStates).Concat(Grammar.NormalStates).Concat(Grammar.Frames);

        Assert.All(states, s => Assert.Equal(2, s.Split("{}").Length));
        Assert.Equal(Enum.GetValues<DefectKind>().Length, Grammar.DefectStates.Count);
    }

    [Fact]
    public void Every_defect_can_happen_to_a_kind_that_is_drawn_in_pretraining()
    {
        var defects = ProductKind.Training.SelectMany(k => k.Defects).ToHashSet();

        Assert.Equal(Enum.GetValues<DefectKind>().Length, defects.Count);
    }
}
