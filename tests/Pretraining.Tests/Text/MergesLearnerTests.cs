using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Pictures;
using PromptAD.Pretraining.Tests.Model;
using PromptAD.Pretraining.Text;
using PromptAD.Training;

namespace PromptAD.Pretraining.Tests.Text;

public sealed class MergesLearnerTests
{
    [Fact]
    public void Merges_the_most_frequent_pair_first_and_breaks_ties_by_the_alphabet() =>
        Assert.Equal(["a b", "a b</w>", "ab c</w>", "ab d</w>"], MergesLearner.Learn(["abd", "abc", "ab"]));

    [Fact]
    public void Makes_every_word_of_captions_and_published_states_one_token()
    {
        using var folder = new TemporaryFolder();
        ClipConfiguration configuration = SmallBackbone.WithVocabulary(folder["merges.txt"]);
        ClipTokenizer tokenizer = ClipTokenizer.Load(folder["merges.txt"], configuration.Text.VocabularySize);

        IEnumerable<string> words = Grammar.Words.Concat(PublishedPrompts.CommonStates.SelectMany(state => state.Split(' '))).Where(word => word.All(char.IsAsciiLetter));

        Assert.All(words, word => Assert.Single(tokenizer.Encode(word)));
    }

    [Fact]
    public void Leaves_any_other_word_to_known_pieces()
    {
        using var folder = new TemporaryFolder();
        ClipConfiguration configuration = SmallBackbone.WithVocabulary(folder["merges.txt"]);
        ClipTokenizer tokenizer = ClipTokenizer.Load(folder["merges.txt"], configuration.Text.VocabularySize);

        Assert.All(tokenizer.Encode("Quetschhülse xyzzy 42 製品"), token => Assert.InRange(token, 0, tokenizer.StartOfText - 1));
    }
}
